import type { ImpairmentDecision } from '../network/impaired.ts'
import type { Endpoint } from '../network/network.ts'
import type { Fragmentation } from '../protocol/ip.ts'

/** The two ends of every conversation, as the harness sees them. */
export type Side = 'tester' | 'iut'

/** Which event of an impaired packet an entry shows: that it was sent, or that it was received. */
export type Passage = 'sent' | 'received'

/**
 * A step of a trace, without its time. `connection` numbers the TCP connections of one trace from
 * 1.
 */
export type TraceStep =
  | {
      readonly kind: 'tcp-open'
      readonly connection: number
      readonly opener: Side
      readonly tester: Endpoint
      readonly iut: Endpoint
    }
  /** A connection that the tester could not open; `detail` is the system's code. */
  | { readonly kind: 'tcp-refused'; readonly iut: Endpoint; readonly detail: string }
  /** Octets written in one call by the tester, or read at once from the IUT. */
  | {
      readonly kind: 'tcp-data'
      readonly connection: number
      readonly from: Side
      readonly octets: Uint8Array
    }
  /** FIN. */
  | { readonly kind: 'tcp-end'; readonly connection: number; readonly from: Side }
  /** RST, or a connection that the system gave up; `detail` is the cause. */
  | { readonly kind: 'tcp-reset'; readonly connection: number; readonly from: Side; readonly detail: string }
  /**
   * Octets are missing in a capture from elsewhere, or came before it began: the trace has no later
   * octet of this direction. Never in our own recordings.
   */
  | { readonly kind: 'tcp-gap'; readonly connection: number; readonly from: Side; readonly detail: string }
  /**
   * One GRE packet, from its GRE header on.
   * - `cut`: the number of octets at its end that a capture from elsewhere does not hold.
   * - `only`: set when our own impairment came between the two ends. `sent`: the packet left its
   *   sender and did not arrive then, because it was lost or held back. `received`: it arrived, but
   *   left earlier or is a copy. Absent: it was sent and received in one.
   * - `fragments`: how the tester fragmented it on purpose. Sockets do not report fragments of
   *   others.
   * - `tester`: the tester's address, also a false one that the tester claimed.
   */
  | {
      readonly kind: 'gre'
      readonly from: Side
      readonly tester: string
      readonly iut: string
      readonly octets: Uint8Array
      readonly cut?: number | undefined
      readonly only?: Passage | undefined
      readonly fragments?: Fragmentation | undefined
    }
  /**
   * A decision of our impairment about one packet, so that the trace holds the whole schedule. `of`
   * is the index of the entry that shows the packet's sending; `nth` counts the packets of that
   * socket and direction from 0. `send` is from the tester.
   */
  | ({ readonly kind: 'impairment'; readonly of: number; readonly nth: number } & Pick<
      ImpairmentDecision,
      'socket' | 'direction' | 'action' | 'by'
    >)
  /** An ICMP error for GRE that the tester sent; `detail` is the system's code. */
  | { readonly kind: 'gre-error'; readonly detail: string }
  /** What the tester was about to do or had decided: for readers of the trace. */
  | { readonly kind: 'note'; readonly text: string }

/**
 * `index` counts from 0 in order of occurrence and names the entry in findings; `at` is ms since
 * the trace began.
 */
export type TraceEntry = { readonly index: number; readonly at: number } & TraceStep

/** Everything that happened in one scenario. */
export interface Trace {
  /** Wall clock of `at` 0, in ms since 1970. Virtual time counts from an arbitrary fixed moment. */
  readonly startedAt: number
  readonly entries: readonly TraceEntry[]
  /** Whether it was read from a capture, which may lack packets. */
  readonly captured?: boolean
}
