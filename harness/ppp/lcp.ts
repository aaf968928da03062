import { concat } from '../protocol/octets.ts'
import { type AuthenticationMethod, decodeMethod, encodeMethod } from './authentication.ts'
import {
  type AutomatonState,
  type AutomatonTimers,
  createAutomaton,
  type Judgement,
  type OptionPolicy,
} from './automaton.ts'
import { PppProtocolNumber } from './frame.ts'
import { encodePacket, type Option, type Packet, PacketCode } from './packet.ts'
import type { PppAction, PppProtocol } from './protocol.ts'

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
  /**
   * Maximum-Receive-Unit to ask for, in octets; 1500 unless given. Up to 1500 fit into the 1532
   * octets of RFC 2637 section 1.4.
   */
  readonly mru?: number
  /** Our Magic-Number, not 0; the caller draws it, because a pure machine has no random numbers. */
  readonly magicNumber: number
  /**
   * Methods by which the peer may prove its identity; the first is asked for first. Empty: it need
   * not prove it.
   */
  readonly demand?: readonly AuthenticationMethod[]
  /**
   * Methods by which we can prove our identity; the first is preferred. Empty: the authentication
   * option is rejected.
   */
  readonly accept?: readonly AuthenticationMethod[]
  /**
   * Offers to take frames without Address and Control, and with protocol numbers of one octet
   * (sections 6.5 and 6.6).
   */
  readonly takesCompressed?: boolean
  readonly timers?: AutomatonTimers
}

export interface Lcp extends PppProtocol {
  state(): AutomatonState
  /**
   * Makes a Protocol-Reject for a protocol that we do not speak (section 5.7). Call it only while
   * LCP is open.
   */
  protocolReject(protocol: number, information: Uint8Array): Uint8Array
  /**
   * Makes an Echo-Request; its reply becomes a notice. Call it only while LCP is open.
   * @param data is cut so that the reply fits our MRU.
   */
  echoRequest(data: Uint8Array): Packet
  /** The options of the peer that we acknowledged, by type. */
  granted(): ReadonlyMap<number, Option>
  /** How the peer is to prove its identity to us; undefined where it need not, or refused. */
  peersMethod(): AuthenticationMethod | undefined
  /** How we are to prove our identity; undefined where we need not. */
  ownMethod(): AuthenticationMethod | undefined
  /** The peer's Maximum-Receive-Unit, in octets. */
  peersMru(): number
}

const MINIMUM_MRU = 128
const DEFAULT_MRU = 1500
/**
 * Data sizes in octets of the options that we acknowledge, apart from authentication. Other options
 * and sizes are rejected.
 */
const KNOWN_SIZES: ReadonlyMap<number, number> = new Map([
  [LcpOption.mru, 2],
  [LcpOption.accm, 4],
  [LcpOption.magicNumber, 4],
  [LcpOption.protocolFieldCompression, 0],
  [LcpOption.addressControlFieldCompression, 0],
])

/** The state of one LCP negotiation: what each end asks for, and what was granted. */
interface Terms {
  readonly mru: number
  readonly magicNumber: number
  readonly demand: readonly AuthenticationMethod[]
  readonly accept: readonly AuthenticationMethod[]
  /** The options that we ask for, less what the peer rejected. */
  readonly asked: Map<number, Option>
  /** The options of the peer that we acknowledged last. */
  granted: ReadonlyMap<number, Option>
}

/**
 * Makes LCP (RFC 1661). It asks for MRU, Magic-Number and, where demanded, authentication. It
 * acknowledges the options that it knows, rejects others and unknown codes, and answers
 * Echo-Request while open.
 */
export function createLcp(options: LcpOptions): Lcp {
  const terms = termsOf(options)
  const { mru } = terms
  const automaton = createAutomaton(policyOf(terms), options.timers)
  return {
    protocol: PppProtocolNumber.lcp,
    handle: automaton.handle,
    state: automaton.state,
    granted: () => terms.granted,
    peersMethod: () => methodOf(terms.asked),
    ownMethod: () => methodOf(terms.granted),
    peersMru() {
      const option = terms.granted.get(LcpOption.mru)
      return option === undefined ? DEFAULT_MRU : value(option.data)
    },
    echoRequest(data) {
      const bounded = data.subarray(0, Math.max(0, mru - 8))
      return {
        code: PacketCode.echoRequest,
        identifier: automaton.nextIdentifier(),
        data: concat(ownMagicNumber(terms), bounded),
      }
    },
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

function termsOf({
  mru = DEFAULT_MRU,
  magicNumber,
  demand = [],
  accept = [],
  takesCompressed = false,
}: LcpOptions): Terms {
  const { protocolFieldCompression, addressControlFieldCompression } = LcpOption
  const compressions = takesCompressed ? [protocolFieldCompression, addressControlFieldCompression] : []
  const options: readonly Option[] = [
    { type: LcpOption.mru, data: Uint8Array.from([mru >> 8, mru & 0xff]) },
    { type: LcpOption.magicNumber, data: u32(magicNumber) },
    ...demand.slice(0, 1).map((method) => ({ type: LcpOption.authentication, data: encodeMethod(method) })),
    ...compressions.map((type) => ({ type, data: new Uint8Array(0) })),
  ]
  const asked = new Map(options.map((option) => [option.type, option]))
  return { mru, magicNumber, demand, accept, asked, granted: new Map() }
}

function policyOf(terms: Terms): OptionPolicy {
  const { asked } = terms
  return {
    request: () => [...asked.values()],
    judge(options) {
      const verdict = judge(terms, options)
      if (verdict.kind === 'ack') terms.granted = new Map(options.map((option) => [option.type, option]))
      return verdict
    },
    nak(options) {
      for (const option of options) adopt(terms, option)
    },
    reject(options) {
      for (const { type } of options) asked.delete(type)
    },
    extra: (packet, opened) => answerTo(terms, packet, opened),
  }
}

function judge(terms: Terms, options: readonly Option[]): Judgement {
  const unknown = options.filter((option) => !isKnown(terms, option))
  if (unknown.length > 0) return { kind: 'reject', options: unknown }
  const unbearable = options.flatMap((option) => better(terms, option) ?? [])
  return unbearable.length > 0 ? { kind: 'nak', options: unbearable } : { kind: 'ack' }
}

function isKnown({ accept }: Terms, { type, data }: Option): boolean {
  if (type === LcpOption.authentication) return accept.length > 0 && data.length >= 2
  return KNOWN_SIZES.get(type) === data.length
}

/** Returns the value to suggest where the peer's is not acceptable; undefined where it is. */
function better({ accept, magicNumber }: Terms, { type, data }: Option): Option | undefined {
  if (type === LcpOption.mru && value(data) < MINIMUM_MRU)
    return { type, data: Uint8Array.from([0, MINIMUM_MRU]) }
  if (type === LcpOption.magicNumber && (value(data) === magicNumber || value(data) === 0))
    return { type, data: u32((magicNumber ^ 0x5a5a5a5a) >>> 0) }
  const [preferred] = accept
  if (type === LcpOption.authentication && preferred !== undefined) {
    const method = decodeMethod(data)
    if (method === undefined || !accept.includes(method)) return { type, data: encodeMethod(preferred) }
  }
  return undefined
}

/**
 * Adopts a value that the peer's Configure-Nak suggests. An authentication method is adopted only
 * if it is one of those demanded.
 */
function adopt({ asked, demand }: Terms, option: Option): void {
  const { type, data } = option
  if (type === LcpOption.authentication) {
    const method = decodeMethod(data)
    if (method !== undefined && demand.includes(method)) asked.set(type, option)
  } else if (asked.has(type) && KNOWN_SIZES.get(type) === data.length) asked.set(type, option)
}

/** Answers the codes that only LCP has; undefined for an unknown code. */
function answerTo(
  terms: Terms,
  { code, identifier, data }: Packet,
  opened: boolean,
): readonly PppAction[] | undefined {
  switch (code) {
    case PacketCode.echoRequest:
      if (!opened || data.length < 4) return []
      return [reply(PacketCode.echoReply, identifier, concat(ownMagicNumber(terms), data.subarray(4)))]
    case PacketCode.echoReply:
      if (!opened || data.length < 4) return []
      return [{ kind: 'notice', notice: { kind: 'echo-reply', identifier, data: data.slice(4) } }]
    case PacketCode.protocolReject:
      if (!opened || data.length < 2) return []
      return [{ kind: 'notice', notice: { kind: 'protocol-rejected', protocol: value(data.subarray(0, 2)) } }]
    case PacketCode.discardRequest:
      return []
    default:
      return undefined
  }
}

function ownMagicNumber({ asked }: Terms): Uint8Array {
  return asked.get(LcpOption.magicNumber)?.data ?? u32(0)
}

function methodOf(options: ReadonlyMap<number, Option>): AuthenticationMethod | undefined {
  const option = options.get(LcpOption.authentication)
  return option === undefined ? undefined : decodeMethod(option.data)
}

function reply(code: number, identifier: number, data: Uint8Array): PppAction {
  return { kind: 'send', octets: encodePacket({ code, identifier, data }) }
}

function u32(number: number): Uint8Array {
  return Uint8Array.from([number >>> 24, (number >>> 16) & 0xff, (number >>> 8) & 0xff, number & 0xff])
}

function value(data: Uint8Array): number {
  return data.reduce((sum, octet) => sum * 256 + octet, 0)
}
