import type { Account, AuthenticationMethod } from './authentication.ts'
import type { AutomatonTimers } from './automaton.ts'
import type { EncryptionPolicy } from './encryption.ts'
import type { IpcpOptions } from './ipcp.ts'
import type { PppAction, PppEvent } from './protocol.ts'
import type { RandomOctets } from './random.ts'

/** How a PPP peer behaves, and what it demands of the other end. */
export interface PppPeerOptions {
  /** Draws challenges and Magic-Numbers. */
  readonly random: RandomOctets
  /** Our Maximum-Receive-Unit, in octets; 1500 unless given. */
  readonly mru?: number | undefined
  /** How the peer has to prove its identity; if absent, it need not. */
  readonly authenticate?:
    | {
        /** The first is asked for, the others are granted where the peer prefers them. */
        readonly methods: readonly [AuthenticationMethod, ...AuthenticationMethod[]]
        /** Our name in Challenges. */
        readonly name: string
        readonly secretOf: (name: string) => string | undefined
        /**
         * Whether a peer that refuses to prove its identity is let in all the same. Called when a
         * peer refuses; never unless given.
         */
        readonly optional?: (() => boolean) | undefined
      }
    | undefined
  /** How we prove our identity if asked; if absent, the authentication option is rejected. */
  readonly prove?:
    | {
        readonly account: Account
        /** The first is preferred, the others are granted where the peer asks for them. */
        readonly methods: readonly [AuthenticationMethod, ...AuthenticationMethod[]]
      }
    | undefined
  /** The encryption to negotiate by CCP; if absent, CCP is answered with Protocol-Reject. */
  readonly encryption?: EncryptionPolicy | undefined
  readonly network: IpcpOptions
  /** Whether the peer answers ICMP echo requests itself; true unless given. */
  readonly answersPing?: boolean | undefined
  /** Offers to take frames without Address and Control, and one-octet protocol numbers. */
  readonly takesCompressed?: boolean | undefined
  /** The timers of LCP, CCP and IPCP. */
  readonly timers?: AutomatonTimers | undefined
  /**
   * Sees each step of a protocol's machine and returns the actions to take in its place, so that a
   * peer can be made to break a rule.
   */
  readonly onStep?: ((step: PppStep) => readonly PppAction[]) | undefined
}

/** One event that a protocol's machine handled, and the actions that it returned. */
export interface PppStep {
  /** PPP protocol number. */
  readonly protocol: number
  readonly event: PppEvent
  readonly actions: readonly PppAction[]
}
