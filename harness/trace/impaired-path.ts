import { type ImpairmentPlan, impaired } from '../network/impaired.ts'
import type { GreSocket, Network } from '../network/network.ts'
import type { Passage, Side, TraceEntry, TraceStep } from './trace.ts'

/**
 * What is recorded of the packets of an impaired path: at the tester's end what it sent and was
 * given, at the other what left for the implementation and came from it.
 */
export interface ImpairedPath {
  /** Opens GRE through the impairment, recording what passes its far end. */
  openGre: Network['openGre']
  /** The tester sends a packet: records it, then lets it go. */
  leave(ends: Ends, packet: Uint8Array, go: () => void): void
  /**
   * A packet reaches the tester. Gives the entry that shows it, undefined when the trace is full.
   */
  arrive(ends: Ends, packet: Uint8Array): TraceEntry | undefined
}

/** The addresses of a packet's path. */
export interface Ends {
  readonly tester: string
  readonly iut: string
}

/** What the trace offers. */
interface Records {
  /** Appends an entry; undefined when the trace is full. */
  append(step: TraceStep): TraceEntry | undefined
  /** Puts another step in an entry's place. */
  amend(index: number, step: TraceStep): void
}

/**
 * A packet that is in the impairment at this moment: what it decides, it decides about this one.
 */
interface Crossing {
  readonly packet: Uint8Array
  readonly entry: TraceEntry | undefined
  readonly whole: GreStep
}

/**
 * Puts an impairment between the tester and a network. Each packet is recorded once where it passes
 * at once, otherwise once at each end that it passes, so that either end's view of the tunnel is in
 * the trace; and each decision of the impairment behind the packet concerned.
 * @throws UsageError when a rate is not between 0 and 1, or a time not a number of ms.
 */
export function impairPath(network: Network, plan: ImpairmentPlan, records: Records): ImpairedPath {
  let crossing: Crossing | undefined

  /** A packet enters the impairment at the end of `from`. */
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
   * A packet of `from` comes out of it at the other end: the very object that went in where it
   * passes at once.
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

/** A decision of an impairment in words. */
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
      return `impairment: held back on its way ${way}, for another to pass it`
    case 'delay':
      return `impairment: ${by.toFixed(1)} ms late on its way ${way}`
  }
}
