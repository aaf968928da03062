import { encodeGre, type GrePacket, grePacket } from '../../protocol/gre.ts'
import { concat } from '../../protocol/octets.ts'
import type { Side, Trace, TraceStep } from '../trace.ts'

/** Traces made by hand, for tests. */

const TESTER = { address: '192.0.2.1', port: 40_001 }
const IUT = { address: '192.0.2.2', port: 1723 }

/** A trace whose entries are 10 ms apart. */
export function traceOf(...steps: readonly TraceStep[]): Trace {
  return {
    startedAt: 1_700_000_000_000,
    entries: steps.map((step, index) => ({ index, at: 10 * index, ...step })),
  }
}

export function opened(connection = 1, opener: Side = 'tester'): TraceStep {
  const tester = { ...TESTER, port: TESTER.port + connection }
  return { kind: 'tcp-open', connection, opener, tester, iut: IUT }
}

export function data(octets: Uint8Array, from: Side = 'tester', connection = 1): TraceStep {
  return { kind: 'tcp-data', connection, from, octets }
}

export function ended(from: Side, connection = 1): TraceStep {
  return { kind: 'tcp-end', connection, from }
}

export function greOctets(octets: Uint8Array, from: Side = 'tester'): TraceStep {
  return { kind: 'gre', from, tester: TESTER.address, iut: IUT.address, octets }
}

export function gre(
  values: Partial<Omit<GrePacket, 'kind'>> & { readonly callId: number },
  from: Side = 'tester',
): TraceStep {
  return greOctets(encodeGre(grePacket(values)), from)
}

/**
 * Moves a trace to two addresses of its own, so that a reader of joined captures does not take it
 * for part of another conversation.
 */
export function moved(trace: Trace, number: number): Trace {
  const address = (of: string) => `198.18.${number}.${of === TESTER.address ? 1 : 2}`
  const endpoint = <E extends { readonly address: string }>(of: E): E => ({
    ...of,
    address: address(of.address),
  })
  return {
    ...trace,
    entries: trace.entries.map((entry) => {
      if (entry.kind === 'tcp-open')
        return { ...entry, tester: endpoint(entry.tester), iut: endpoint(entry.iut) }
      if (entry.kind === 'tcp-refused') return { ...entry, iut: endpoint(entry.iut) }
      if (entry.kind === 'gre') return { ...entry, tester: address(entry.tester), iut: address(entry.iut) }
      return entry
    }),
  }
}

/** All octets that one side sent on one connection, joined. */
export function streamOctets(trace: Trace, connection: number, from: Side): Uint8Array {
  return concat(
    ...trace.entries.flatMap((entry) =>
      entry.kind === 'tcp-data' && entry.connection === connection && entry.from === from
        ? [entry.octets]
        : [],
    ),
  )
}
