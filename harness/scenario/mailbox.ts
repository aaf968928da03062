import type { Clock } from '../network/network.ts'

/** Things that arrive and one reader that waits for them, with a window. */
export interface Mailbox<T> {
  put(item: T): void
  /** The next item; undefined when none came within `window` ms. */
  take(window: number): Promise<T | undefined>
  /** How many items wait now. */
  size(): number
  /** Everything that waits now. */
  drain(): readonly T[]
  /** Puts an item back in front. */
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
