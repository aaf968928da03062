/** After this many waits in vain, `hopeless` is called. */
const PATIENCE = 3

/** Counts the log lines that match a pattern, and waits for a number of them. */
export interface LineCounter {
  /** Counts a line if it matches. */
  add(line: string): void
  /** Sets the count to 0. */
  reset(): void
  /**
   * Waits until `count` lines have matched since the last reset, at most `limit` ms. @returns
   * whether they have.
   */
  reaches(count: number, limit: number): Promise<boolean>
}

/**
 * Creates a counter.
 * @param hopeless called once if several waits are over before any line has matched: the pattern
 * may be wrong.
 */
export function createLineCounter(pattern: RegExp, hopeless: () => void = () => {}): LineCounter {
  let counted = 0
  let everCounted = false
  let inVain = 0
  let waiting: { readonly count: number; readonly done: () => void } | undefined
  return {
    add(line) {
      if (!pattern.test(line)) return
      counted += 1
      everCounted = true
      if (waiting !== undefined && counted >= waiting.count) waiting.done()
    },
    reset() {
      counted = 0
    },
    async reaches(count, limit) {
      if (counted >= count) return true
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, limit)
        waiting = {
          count,
          done() {
            clearTimeout(timer)
            resolve()
          },
        }
      })
      waiting = undefined
      if (!everCounted && ++inVain === PATIENCE) hopeless()
      return counted >= count
    },
  }
}
