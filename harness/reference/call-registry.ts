import type { GrePacket } from '../protocol/gre.ts'
import type { Call } from './call-model.ts'
import type { Context } from './context.ts'
import type { Tunnel } from './tunnel.ts'

/** Where one of our Call IDs leads: packets count only from the call's peer (section 3.2.2). */
export interface TunnelEnd {
  readonly peer: string
  readonly tunnel: Tunnel
}

/** All live calls of a machine, whatever their connection. */
export interface CallRegistry {
  /**
   * A Call ID that no live call has. Released ones come back only when all others have been used.
   */
  assign(): number
  /** Names calls in logs and timers; never repeats. */
  nextSerial(): number
  add(call: Call): void
  remove(call: Call): void
  /** Removes a call whose connection was lost; a mutant still counts it. */
  lose(call: Call): void
  /** The calls whose Call IDs are taken: those that live. */
  calls(): readonly Call[]
  /** The same, whatever a mutant does. */
  living(): readonly Call[]
  /**
   * The live call that has this Call ID from that peer; both of its Call IDs are unique for the
   * pair (section 3.2.2).
   */
  peersCall(peer: string, peersCallId: number): Call | undefined
  attach(callId: number, peer: string, tunnel: Tunnel): void
  detach(callId: number, tunnel: Tunnel): void
  tunnelEnd(callId: number): TunnelEnd | undefined
  tunnelEnds(): readonly TunnelEnd[]
  /** Only a mutant does that: keeps a packet for a call that is yet to come. */
  keep(callId: number, packet: GrePacket): void
  /** The packets kept for a Call ID, none of which are left. */
  takeKept(callId: number): readonly GrePacket[]
}

export function createCallRegistry({ configuration, faults }: Context): CallRegistry {
  const living = new Set<Call>()
  const lost = new Set<Call>()
  const ends = new Map<number, TunnelEnd>()
  const kept = new Map<number, readonly GrePacket[]>()
  let next = configuration.firstCallId & 0xffff
  let serial = 0

  const calls = (): readonly Call[] =>
    lost.size > 0 && faults.has('drop-keeps-call-ids') ? [...lost, ...living] : [...living]

  return {
    assign() {
      const used = new Set(calls().map((call) => call.ownCallId))
      const [first] = used
      if (first !== undefined && faults.has('call-id-reused')) return first
      while (used.has(next)) next = (next + 1) & 0xffff
      const assigned = next
      next = (next + 1) & 0xffff
      return assigned
    },
    nextSerial: () => ++serial,
    add: (call) => living.add(call),
    remove: (call) => living.delete(call),
    lose(call) {
      living.delete(call)
      lost.add(call)
    },
    calls,
    living: () => [...living],
    peersCall: (peer, peersCallId) =>
      calls().find((call) => call.host.peer === peer && call.peersCallId() === peersCallId),
    attach: (callId, peer, tunnel) => ends.set(callId, { peer, tunnel }),
    detach(callId, tunnel) {
      if (ends.get(callId)?.tunnel === tunnel) ends.delete(callId)
    },
    tunnelEnd: (callId) => ends.get(callId),
    tunnelEnds: () => [...ends.values()],
    keep: (callId, packet) => kept.set(callId, [...(kept.get(callId) ?? []), packet]),
    takeKept(callId) {
      const packets = kept.get(callId) ?? []
      kept.delete(callId)
      return packets
    },
  }
}
