/** Keeps items that arrive before there is a listener, and hands them over to it in order. */
export interface Mailbox<T> {
  /**
   * Hands the item to the listener, or keeps it while there is none. When `limit` items are kept,
   * the new one is discarded.
   */
  put(item: T): void
  /** Sets the listener, and delivers the kept items before this call returns. */
  listen(listener: (item: T) => void): void
  /** Drops the kept items, and delivers nothing from now on. */
  close(): void
}

/** Creates a mailbox. @param limit how many items are kept while there is no listener. */
export function createMailbox<T>(limit = Number.POSITIVE_INFINITY): Mailbox<T> {
  let kept: T[] = []
  let listener: ((item: T) => void) | undefined
  let closed = false
  let handingOver = false

  return {
    put(item) {
      if (closed) return
      // While the kept items are handed over, a new one has to queue after them.
      if (listener !== undefined && !handingOver) listener(item)
      else if (kept.length < limit || handingOver) kept.push(item)
    },
    listen(next) {
      listener = next
      if (handingOver) return
      handingOver = true
      try {
        for (let item = kept.shift(); item !== undefined && !closed; item = kept.shift()) listener(item)
      } finally {
        handingOver = false
      }
    },
    close() {
      closed = true
      kept = []
    },
  }
}
