/** Counts the log lines that match a pattern, for whoever waits for so many. */
export interface Turnstile {
  pass(line: string): void
  /** Starts counting anew. */
  reset(): void
  /** True when `count` lines have matched since the last reset; false when they have not after `limit` ms. */
  reaches(count: number, limit: number): Promise<boolean>
}

export function createTurnstile(pattern: RegExp): Turnstile {
  let passed = 0
  let waiting: { readonly count: number; readonly done: () => void } | undefined
  return {
    pass(line) {
      if (!pattern.test(line)) return
      passed += 1
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
      return passed >= count
    },
  }
}
