import type { RunEvent } from '../runner/events.ts'

/** Shows or writes a run in progress. */
export interface Reporter {
  handle(event: RunEvent): void
  /** Called about once a second, so that a displayed time is updated. `now` is ms since 1970. */
  tick?(now: number): void
  /** Called once, after the last event, when the run is over or has failed. */
  end?(): void
}

/** A reporter and its name in messages. */
export interface NamedReporter {
  readonly name: string
  readonly reporter: Reporter
}

/** Several reporters as one; `end` is idempotent. */
export interface Multiplexer extends Required<Reporter> {
  /** Names of the reporters that threw; they get no more events. */
  readonly broken: readonly string[]
}

/**
 * Passes every event to every reporter. A reporter that throws gets no further events, and affects
 * neither the run nor the other reporters.
 * @param onBroken is called once for each reporter that throws.
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
