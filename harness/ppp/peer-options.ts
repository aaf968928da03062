import type { Account, AuthenticationMethod } from './authentication.ts'
import type { AutomatonTimers } from './automaton.ts'
import type { EncryptionPolicy } from './encryption.ts'
import type { IpcpOptions } from './ipcp.ts'
import type { PppAction, PppEvent } from './protocol.ts'
import type { RandomOctets } from './random.ts'

/** What a PPP peer is made of, and what it wants of the other end. */
export interface PppPeerOptions {
  /** Draws challenges and Magic-Numbers. */
  readonly random: RandomOctets
  /** Octets of information that we take; 1500 unless given. */
  readonly mru?: number | undefined
  /** How the peer has to prove its identity; absent: it need not. */
  readonly authenticate?:
    | {
        /** The first is asked for, the others are granted where the peer prefers them. */
        readonly methods: readonly [AuthenticationMethod, ...AuthenticationMethod[]]
        /** Our name in Challenges. */
        readonly name: string
        readonly secretOf: (name: string) => string | undefined
        /**
         * Who refuses to prove it is let in all the same; not unless given. Asked when one does.
         */
        readonly optional?: (() => boolean) | undefined
      }
    | undefined
  /** How we prove ours where the peer asks; absent: what it asks for is rejected. */
  readonly prove?:
    | {
        readonly account: Account
        /** The first is preferred, the others are granted where the peer asks for them. */
        readonly methods: readonly [AuthenticationMethod, ...AuthenticationMethod[]]
      }
    | undefined
  /** What to ask of CCP; absent: it is not spoken here. */
  readonly encryption?: EncryptionPolicy | undefined
  readonly network: IpcpOptions
  /** False: the peer's caller answers ICMP echo. */
  readonly answersPing?: boolean | undefined
  /** Offers to take frames without FF 03, and with protocol numbers of one octet. */
  readonly takesCompressed?: boolean | undefined
  /** Of LCP, CCP and IPCP. */
  readonly timers?: AutomatonTimers | undefined
  /**
   * Sees each step of a protocol's machine, and may change what follows from it: so that a peer can
   * be made to break a rule.
   */
  readonly onStep?: ((step: PppStep) => readonly PppAction[]) | undefined
}

/** What one protocol's machine makes of one event. */
export interface PppStep {
  /** PPP protocol number. */
  readonly protocol: number
  readonly event: PppEvent
  readonly actions: readonly PppAction[]
}
