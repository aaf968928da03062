import type { Clock } from '../network/network.ts'

/** A queue of items that arrive, for one reader that waits for them. */
export interface Mailbox<T> {
  put(item: T): void
  /** Takes the next item; undefined when no item arrives within `window` ms. */
  take(window: number): Promise<T | undefined>
  /** How many items are in the queue. */
  size(): number
  /** The items that are in the queue, which stay there. */
  waiting(): readonly T[]
  /** Takes all items that are in the queue. */
  drain(): readonly T[]
  /** Puts an item back to the front of the queue. */
  unread(item: T): void
}

export function createMailbox<T>(clock: Clock): Mailbox<T> {
  const items: T[] = []
  let wake: (() => void) | undefined

  return {
    put(item) {
      items.push(item)
      wake?.()
    },
    size: () => items.length,
    waiting: () => items,
    drain: () => items.splice(0),
    unread(item) {
      items.unshift(item)
    },
    async take(window) {
      if (items.length === 0)
        await new Promise<void>((resolve) => {
          const timer = clock.after(window, done)
          function done() {
            timer.cancel()
            wake = undefined
            resolve()
          }
          wake = done
        })
      return items.shift()
    },
  }
}
