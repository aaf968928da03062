import type { Clock } from '../network/network.ts'
import type { PppAccounts } from '../ppp/profile.ts'
import type { Judge } from './judge.ts'
import type { TimerProfile } from './profile.ts'

/** What the pieces of a tester share. */
export interface TesterContext<R extends string> {
  readonly clock: Clock
  readonly timers: TimerProfile
  /** PPP accounts of the IUT; absent where none is known. */
  readonly accounts?: PppAccounts | undefined
  readonly judge: Judge<R>
  readonly note: (text: string) => void
  /** A number not used before in this scenario: identifiers of fences. */
  readonly unique: () => number
}
