import { controlMessage, encodeControl } from '../../../protocol/control.ts'
import { encodeGre, grePacket } from '../../../protocol/gre.ts'
import type { Trace, TraceEntry, TraceStep } from '../../../trace/trace.ts'

/** Traces made by hand, for tests of the page. */

const ENDS = { tester: '192.0.2.1', iut: '192.0.2.2' } as const

/** Makes a trace of steps, one each millisecond. */
export function traceOf(...steps: readonly TraceStep[]): Trace {
  return {
    startedAt: 1_700_000_000_000,
    entries: steps.map((step, index) => ({ index, at: index, ...step }) as TraceEntry),
  }
}

export const OPENED: TraceStep = {
  kind: 'tcp-open',
  connection: 1,
  opener: 'tester',
  tester: { address: ENDS.tester, port: 40_000 },
  iut: { address: ENDS.iut, port: 1723 },
}

/** A control message, whole, in one piece. */
export function control(from: 'tester' | 'iut', ...message: Parameters<typeof controlMessage>): TraceStep {
  return { kind: 'tcp-data', connection: 1, from, octets: encodeControl(controlMessage(...message)) }
}

/** A GRE packet: data where there is a payload, otherwise an acknowledgment. */
export function gre(from: 'tester' | 'iut', values: Parameters<typeof grePacket>[0]): TraceStep {
  return { kind: 'gre', from, ...ENDS, octets: encodeGre(grePacket(values)) }
}

/** An IPv4 packet in PPP of `size` octets that differ from packet to packet. */
export function datagram(size: number, seed: number): Uint8Array {
  const octets = Uint8Array.from({ length: size }, (_, at) => (at * 31 + seed * 7_919) & 0xff)
  octets.set([0xff, 0x03, 0x00, 0x21])
  return octets
}
