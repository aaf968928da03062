import type { Clock } from '../network/network.ts'
import type { PppAccounts } from '../ppp/profile.ts'
import type { Judge } from './judge.ts'
import type { TimerProfile } from './profile.ts'

/** What all parts of a tester share. */
export interface TesterContext<R extends string> {
  readonly clock: Clock
  readonly timers: TimerProfile
  /** PPP accounts of the IUT; absent if unknown. */
  readonly accounts?: PppAccounts | undefined
  readonly judge: Judge<R>
  /** Adds a note to the trace. */
  readonly note: (text: string) => void
  /** Returns a number not used before in this play, for Call IDs and identifiers. */
  readonly unique: () => number
}
