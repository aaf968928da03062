import { concat } from '../protocol/octets.ts'
import { type AutomatonState, type AutomatonTimers, createAutomaton, type OptionPolicy } from './automaton.ts'
import { PppProtocolNumber } from './frame.ts'
import { encodePacket, type Option, PacketCode } from './packet.ts'
import type { PppProtocol } from './protocol.ts'

/** LCP option types (RFC 1661 section 6, RFC 1662 section 7.1). */
export const LcpOption = {
  mru: 1,
  accm: 2,
  authentication: 3,
  quality: 4,
  magicNumber: 5,
  protocolFieldCompression: 7,
  addressControlFieldCompression: 8,
} as const

export interface LcpOptions {
  /** Maximum-Receive-Unit to ask for, in octets; RFC 2637 section 1.4 leaves room for any up to 1500 in a packet of 1532. */
  readonly mru?: number
  /** Our Magic-Number; a pure machine cannot draw one. Not 0. */
  readonly magicNumber: number
  readonly timers?: AutomatonTimers
}

export interface Lcp extends PppProtocol {
  state(): AutomatonState
  /** The packet that tells the peer that a protocol number is not known here (section 5.7); only while opened. */
  protocolReject(protocol: number, information: Uint8Array): Uint8Array
  /** What the peer asked for and got. */
  granted(): ReadonlyMap<number, Option>
}

const MINIMUM_MRU = 128
/** Data sizes of the options we acknowledge; anything else is rejected. */
const KNOWN_SIZES: ReadonlyMap<number, number> = new Map([
  [LcpOption.mru, 2],
  [LcpOption.accm, 4],
  [LcpOption.magicNumber, 4],
  [LcpOption.protocolFieldCompression, 0],
  [LcpOption.addressControlFieldCompression, 0],
])

/**
 * LCP (RFC 1661) as a pure machine: asks for MRU and Magic-Number, acknowledges the options it knows, rejects the others, answers
 * Echo-Request while opened, refuses codes and protocols it does not know.
 */
export function createLcp({ mru = 1500, magicNumber, timers }: LcpOptions): Lcp {
  const asked = new Map<number, Option>([
    [LcpOption.mru, { type: LcpOption.mru, data: Uint8Array.from([mru >> 8, mru & 0xff]) }],
    [LcpOption.magicNumber, { type: LcpOption.magicNumber, data: u32(magicNumber) }],
  ])
  let granted = new Map<number, Option>()

  const policy: OptionPolicy = {
    request: () => [...asked.values()],
    judge(options) {
      const unknown = options.filter(({ type, data }) => KNOWN_SIZES.get(type) !== data.length)
      if (unknown.length > 0) return { kind: 'reject', options: unknown }
      const unbearable = options.flatMap((option) => better(option) ?? [])
      if (unbearable.length > 0) return { kind: 'nak', options: unbearable }
      granted = new Map(options.map((option) => [option.type, option]))
      return { kind: 'ack' }
    },
    nak(options) {
      for (const option of options)
        if (asked.has(option.type) && KNOWN_SIZES.get(option.type) === option.data.length)
          asked.set(option.type, option)
    },
    reject(options) {
      for (const { type } of options) asked.delete(type)
    },
    extra({ code, identifier, data }, opened) {
      switch (code) {
        case PacketCode.echoRequest: {
          if (!opened || data.length < 4) return []
          const octets = encodePacket({
            code: PacketCode.echoReply,
            identifier,
            data: concat(asked.has(LcpOption.magicNumber) ? u32(magicNumber) : u32(0), data.subarray(4)),
          })
          return [{ kind: 'send', octets }]
        }
        case PacketCode.protocolReject:
        case PacketCode.echoReply:
        case PacketCode.discardRequest:
          return []
        default:
          return undefined
      }
    },
  }

  /** The value we would rather see, where the peer's cannot be used. */
  function better({ type, data }: Option): Option | undefined {
    if (type === LcpOption.mru && value(data) < MINIMUM_MRU)
      return { type, data: Uint8Array.from([0, MINIMUM_MRU]) }
    if (type === LcpOption.magicNumber && (value(data) === magicNumber || value(data) === 0))
      return { type, data: u32((magicNumber ^ 0x5a5a5a5a) >>> 0) }
    return undefined
  }

  const automaton = createAutomaton(policy, timers)
  return {
    protocol: PppProtocolNumber.lcp,
    handle: automaton.handle,
    state: automaton.state,
    granted: () => granted,
    protocolReject(protocol, information) {
      const rejected = concat(
        Uint8Array.from([(protocol >> 8) & 0xff, protocol & 0xff]),
        information.subarray(0, mru - 6),
      )
      return encodePacket({
        code: PacketCode.protocolReject,
        identifier: automaton.nextIdentifier(),
        data: rejected,
      })
    },
  }
}

function u32(number: number): Uint8Array {
  return Uint8Array.from([number >>> 24, (number >>> 16) & 0xff, (number >>> 8) & 0xff, number & 0xff])
}

function value(data: Uint8Array): number {
  return data.reduce((sum, octet) => sum * 256 + octet, 0)
}
