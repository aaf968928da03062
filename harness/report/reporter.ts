import type { RunEvent } from '../runner/events.ts'

/** Shows or writes a run while it happens. */
export interface Reporter {
  handle(event: RunEvent): void
  /**
   * Called once a second or so, so that the time goes on where one is shown. `now` is ms since
   * 1970.
   */
  tick?(now: number): void
  /** No more events come: the run is over, or what plays it died. Called once. */
  end?(): void
}

/** A reporter and what to call it in messages. */
export interface NamedReporter {
  readonly name: string
  readonly reporter: Reporter
}

/** Several reporters as one; `end` is idempotent. */
export interface Multiplexer extends Required<Reporter> {
  /** Names of those that threw, and hear nothing since. */
  readonly broken: readonly string[]
}

/**
 * Hands every event to every reporter. One that throws is told of, hears nothing more, and disturbs
 * neither the run nor the others.
 * @param onBroken hears of it, once for each.
 */
export function multiplex(
  reporters: readonly NamedReporter[],
  onBroken: (name: string, error: unknown) => void,
): Multiplexer {
  const living = new Set(reporters)
  const broken: string[] = []
  let ended = false
  const each = (act: (reporter: Reporter) => void) => {
    for (const one of [...living])
      try {
        act(one.reporter)
      } catch (error) {
        living.delete(one)
        broken.push(one.name)
        onBroken(one.name, error)
      }
  }
  return {
    broken,
    handle: (event) => each((reporter) => reporter.handle(event)),
    tick: (now) => each((reporter) => reporter.tick?.(now)),
    end() {
      if (ended) return
      ended = true
      each((reporter) => reporter.end?.())
    },
  }
}
