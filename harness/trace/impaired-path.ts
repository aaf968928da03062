import { type ImpairmentPlan, impaired } from '../network/impaired.ts'
import type { GreSocket, Network } from '../network/network.ts'
import type { Passage, Side, TraceEntry, TraceStep } from './trace.ts'

/**
 * Records the packets of an impaired path at both ends: what the tester sent and received, and what
 * left for the implementation and came from it.
 */
export interface ImpairedPath {
  /** Opens GRE through the impairment, recording what passes its far end. */
  openGre: Network['openGre']
  /** Records a packet that the tester sends, then calls `go` to send it. */
  leave(ends: Ends, packet: Uint8Array, go: () => void): void
  /**
   * Records a packet that reaches the tester. Returns the entry that shows it; undefined when the
   * trace is full.
   */
  arrive(ends: Ends, packet: Uint8Array): TraceEntry | undefined
}

/** The addresses of a packet's path. */
export interface Ends {
  readonly tester: string
  readonly iut: string
}

/** The trace, for recording. */
interface Records {
  /** Appends an entry; undefined when the trace is full. */
  append(step: TraceStep): TraceEntry | undefined
  /** Replaces the step of an entry. */
  amend(index: number, step: TraceStep): void
}

/** The packet that is in the impairment now: its next decision is about this packet. */
interface Crossing {
  readonly packet: Uint8Array
  readonly entry: TraceEntry | undefined
  readonly whole: GreStep
}

/**
 * Puts an impairment between the tester and a network. A packet that passes at once is recorded
 * once, any other once at each end that it passes, so that the trace has either end's view of the
 * tunnel. Each decision of the impairment is recorded after its packet.
 * @throws UsageError when a rate is not between 0 and 1, or a time is not a number of ms.
 */
export function impairPath(network: Network, plan: ImpairmentPlan, records: Records): ImpairedPath {
  let crossing: Crossing | undefined

  /** Lets a packet from one side enter the impairment. */
  function enter(from: Side, ends: Ends, packet: Uint8Array, go: () => void): void {
    const whole = stepOf(from, ends, packet.slice())
    const outer = crossing
    crossing = { packet, entry: records.append({ ...whole, only: 'sent' }), whole }
    try {
      go()
    } finally {
      crossing = outer
    }
  }

  /**
   * Records a packet of `from` that leaves the impairment at the other end. If it passes at once,
   * it is the same object that entered.
   */
  function emerge(from: Side, ends: Ends, packet: Uint8Array): TraceEntry | undefined {
    if (crossing?.packet !== packet) return records.append(stepOf(from, ends, packet.slice(), 'received'))
    if (crossing.entry !== undefined) records.amend(crossing.entry.index, crossing.whole)
    return crossing.entry
  }

  function watchFarEnd(socket: GreSocket): GreSocket {
    const ends = { tester: socket.local, iut: socket.remote }
    return {
      ...socket,
      send(packet, carriage) {
        if (carriage === undefined) emerge('tester', ends, packet)
        socket.send(packet, carriage)
      },
      onPacket(listener) {
        socket.onPacket((packet) => enter('iut', ends, packet, () => listener(packet)))
      },
    }
  }

  const farEnd: Network = {
    ...network,
    openGre: async (remote, options) => watchFarEnd(await network.openGre(remote, options)),
  }
  const { openGre } = impaired(farEnd, {
    ...plan,
    onImpairment({ socket, direction, index, action, by }) {
      const of = crossing?.entry?.index
      if (of !== undefined)
        records.append({ kind: 'impairment', of, socket, direction, nth: index, action, by })
    },
  })
  return {
    openGre,
    leave: (ends, packet, go) => enter('tester', ends, packet, go),
    arrive: (ends, packet) => emerge('iut', ends, packet),
  }
}

type GreStep = TraceStep & { readonly kind: 'gre' }

function stepOf(from: Side, ends: Ends, octets: Uint8Array, only?: Passage): GreStep {
  return { kind: 'gre', from, ...ends, octets, ...(only === undefined ? {} : { only }) }
}

/** Describes a decision of an impairment. */
export function describeImpairment({
  direction,
  action,
  by,
}: Pick<TraceEntry & { readonly kind: 'impairment' }, 'direction' | 'action' | 'by'>): string {
  const way = direction === 'send' ? 'to the implementation' : 'to the tester'
  switch (action) {
    case 'lose':
      return `impairment: lost on its way ${way}`
    case 'duplicate':
      return `impairment: doubled on its way ${way}`
    case 'reorder':
      return `impairment: held back on its way ${way}, so that another packet passes it`
    case 'delay':
      return `impairment: delayed by ${by.toFixed(1)} ms on its way ${way}`
  }
}
