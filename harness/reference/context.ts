import type { Configuration } from './configuration.ts'
import type { ReferenceAction } from './events.ts'
import type { Seams } from './seams.ts'

/** What all parts of the machine share. */
export interface Context extends Seams {
  readonly configuration: Configuration
  /** The time of the event that is being handled, in ms. */
  now(): number
  act(action: ReferenceAction): void
  log(text: string): void
  /**
   * Starts or restarts a timer.
   * @param fire is called after `ms`.
   */
  after(id: string, ms: number, fire: () => void): void
  cancel(id: string): void
  /** Cancels every timer whose id begins with `prefix`. */
  cancelAll(prefix: string): void
}

/** Longest log line, in characters: its text may come from the peer. */
const LOG_LIMIT = 300

/** Makes a context, and the functions by which the machine begins and ends an event. */
export function createContext(configuration: Configuration, seams: Seams) {
  const timers = new Map<string, () => void>()
  let actions: ReferenceAction[] = []
  let time = 0
  const context: Context = {
    ...seams,
    configuration,
    now: () => time,
    act: (action) => actions.push(action),
    log: (text) => actions.push({ kind: 'log', text: text.slice(0, LOG_LIMIT) }),
    after(id, ms, fire) {
      timers.set(id, fire)
      actions.push({ kind: 'set-timer', id, ms })
    },
    cancel(id) {
      if (timers.delete(id)) actions.push({ kind: 'cancel-timer', id })
    },
    cancelAll(prefix) {
      for (const id of [...timers.keys()]) if (id.startsWith(prefix)) context.cancel(id)
    },
  }
  return {
    context,
    /** Begins an event at `now`, in ms. If `now` lies before the last event, time stands still. */
    begin(now: number) {
      time = Math.max(time, now)
      actions = []
    },
    fire(id: string) {
      const fire = timers.get(id)
      timers.delete(id)
      fire?.()
    },
    end: (): readonly ReferenceAction[] => actions,
  }
}
