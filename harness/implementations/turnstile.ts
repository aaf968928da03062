/** After how many waits in vain it is said that the pattern may be wrong. */
const PATIENCE = 3

/** Counts the log lines that match a pattern, for whoever waits for so many. */
export interface Turnstile {
  pass(line: string): void
  /** Starts counting anew. */
  reset(): void
  /**
   * True when `count` lines have matched since the last reset; false when they have not after
   * `limit` ms.
   */
  reaches(count: number, limit: number): Promise<boolean>
}

/**
 * @param hopeless called once, when nothing has ever matched though it was waited for several
 * times.
 */
export function createTurnstile(pattern: RegExp, hopeless: () => void = () => {}): Turnstile {
  let passed = 0
  let everPassed = false
  let inVain = 0
  let waiting: { readonly count: number; readonly done: () => void } | undefined
  return {
    pass(line) {
      if (!pattern.test(line)) return
      passed += 1
      everPassed = true
      if (waiting !== undefined && passed >= waiting.count) waiting.done()
    },
    reset() {
      passed = 0
    },
    async reaches(count, limit) {
      if (passed >= count) return true
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
      if (!everPassed && ++inVain === PATIENCE) hopeless()
      return passed >= count
    },
  }
}
