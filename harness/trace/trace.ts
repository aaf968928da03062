import type { Endpoint } from '../network/network.ts'

/** The two ends of every conversation, as the harness sees them. */
export type Side = 'tester' | 'iut'

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
   * Octets that a capture from elsewhere does not hold, or that came before it began: nothing later of this direction is in the trace.
   * Never in what we recorded ourselves.
   */
  | { readonly kind: 'tcp-gap'; readonly connection: number; readonly from: Side; readonly detail: string }
  /** One GRE packet, from its GRE header on. `cut`: octets at its end that a capture from elsewhere left out. */
  | {
      readonly kind: 'gre'
      readonly from: Side
      readonly tester: string
      readonly iut: string
      readonly octets: Uint8Array
      readonly cut?: number | undefined
    }
  /** An ICMP error for GRE that the tester sent; `detail` is the system's code. */
  | { readonly kind: 'gre-error'; readonly detail: string }
  /** A line that the implementation wrote to its log. Hostile text. */
  | { readonly kind: 'log'; readonly text: string }
  /** What the tester was about to do or had decided: makes a trace readable. */
  | { readonly kind: 'note'; readonly text: string }

/** `index` counts from 0 in order of occurrence and names the entry in findings; `at` is ms since the trace began. */
export type TraceEntry = { readonly index: number; readonly at: number } & TraceStep

/** Everything that happened in one scenario. */
export interface Trace {
  /** Wall clock of `at` 0, in ms since 1970. Virtual time counts from an arbitrary fixed moment. */
  readonly startedAt: number
  readonly entries: readonly TraceEntry[]
}
