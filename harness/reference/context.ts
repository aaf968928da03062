import type { Configuration } from './configuration.ts'
import type { ReferenceAction } from './events.ts'
import type { Seams } from './seams.ts'

/** What every part of the machine shares while it handles one event. */
export interface Context extends Seams {
  readonly configuration: Configuration
  /** ms, of the event in hand. */
  now(): number
  act(action: ReferenceAction): void
  log(text: string): void
  /** Starts a timer, or starts it again, and says what it does. */
  after(id: string, ms: number, fire: () => void): void
  cancel(id: string): void
  /** Cancels every timer whose id begins so. */
  cancelAll(prefix: string): void
}

/** Longest log line, in characters: its text may come from the peer. */
const LOG_LIMIT = 300

/** The machine's half of a context: collects actions and remembers what each timer does. */
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
    /** Begins an event at `now`; a clock that runs backwards is taken as stopped. */
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
