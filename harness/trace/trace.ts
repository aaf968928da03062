import type { ImpairmentDecision } from '../network/impaired.ts'
import type { Endpoint } from '../network/network.ts'
import type { Fragmentation } from '../protocol/ip.ts'

/** The two ends of every conversation, as the harness sees them. */
export type Side = 'tester' | 'iut'

/** What a packet that our impairment treated did at one moment. */
export type Passage = 'sent' | 'received'

/** What happened, without when. `connection` numbers the TCP connections of one trace from 1. */
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
  /** RST, or the connection given up; `detail` is the cause. */
  | { readonly kind: 'tcp-reset'; readonly connection: number; readonly from: Side; readonly detail: string }
  /**
   * Octets that a capture from elsewhere does not hold, or that came before it began: nothing later
   * of this direction is in the trace. Never in what we recorded ourselves.
   */
  | { readonly kind: 'tcp-gap'; readonly connection: number; readonly from: Side; readonly detail: string }
  /**
   * One GRE packet, from its GRE header on. `cut`: octets at its end that a capture from elsewhere
   * left out. `only`: where our own impairment of the path came between the two ends: `sent`, it
   * left its sender and did not arrive then, because it was lost or held back; `received`, it
   * arrived, having left earlier, or as a copy that its sender never made. Absent: sent and
   * received in one. `fragments`: how the tester cut it on purpose; of what others did with it
   * sockets tell nothing. `tester` is the address that it came from, also where the tester claimed
   * one that is not its own.
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
   * What our impairment of the path decided about one packet, so that the trace holds the whole
   * schedule. `of` is the index of the entry of its sending; `nth` counts the packets of that
   * socket and direction from 0. `send` is from the tester.
   */
  | ({ readonly kind: 'impairment'; readonly of: number; readonly nth: number } & Pick<
      ImpairmentDecision,
      'socket' | 'direction' | 'action' | 'by'
    >)
  /** An ICMP error for GRE that the tester sent; `detail` is the system's code. */
  | { readonly kind: 'gre-error'; readonly detail: string }
  /** What the tester was about to do or had decided: makes a trace readable. */
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
  /** It was read from a capture: what is not in it may have passed all the same. */
  readonly captured?: boolean
}
