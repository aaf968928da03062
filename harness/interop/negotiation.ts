import { type AuthenticationMethod, decodeMethod } from '../ppp/authentication.ts'
import { decodeFrame, PppProtocolNumber } from '../ppp/frame.ts'
import { IpcpOption } from '../ppp/ipcp.ts'
import { LcpOption } from '../ppp/lcp.ts'
import { decodeMppeOption, MppeBit } from '../ppp/mppe-option.ts'
import { decodeOptions, decodePacket, type Option, type Packet, PacketCode } from '../ppp/packet.ts'
import type { ReadTrace } from '../trace/messages.ts'
import type { Side } from '../trace/trace.ts'

/** The encryption of one direction of a link. */
export interface AgreedEncryption {
  readonly bits: 40 | 56 | 128
  readonly stateless: boolean
}

/**
 * The progress of two PPP peers as a capture shows it. The sides are those of the trace: the client
 * is `tester`.
 */
export interface Negotiation {
  /** The sides whose LCP request the other has acknowledged. */
  readonly lcp: ReadonlySet<Side>
  /** The authentication that each side asked of the other and that was acknowledged last. */
  readonly authentication: Readonly<Partial<Record<Side, AuthenticationMethod>>>
  /** The outcome of the client's authentication; undefined when there was none. */
  readonly proof: 'taken' | 'refused' | undefined
  /** The encryption of the packets that a side receives. */
  readonly encryption: Readonly<Partial<Record<Side, AgreedEncryption>>>
  /** The address that a side has, dotted IPv4. */
  readonly addresses: Readonly<Partial<Record<Side, string>>>
  /** The sides that asked for encryption. */
  readonly askedForEncryption: ReadonlySet<Side>
  /** The number of frames with data, encrypted or not, by sender. */
  readonly data: Readonly<Record<Side, number>>
  /** The trace entry that shows the outcome of the authentication. */
  readonly proofEntry: number | undefined
}

/** The codes with which CHAP and PAP tell the outcome of an authentication, by protocol. */
const OUTCOMES: Readonly<Record<number, Readonly<Record<number, 'taken' | 'refused'>>>> = {
  [PppProtocolNumber.chap]: { 3: 'taken', 4: 'refused' },
  [PppProtocolNumber.pap]: { 2: 'taken', 3: 'refused' },
}

/** Reads the negotiation of two PPP peers in the newest call of a trace. */
export function negotiationIn({ parts }: ReadTrace): Negotiation {
  const asked = new Map<string, readonly Option[]>()
  const lcp = new Set<Side>()
  const askedForEncryption = new Set<Side>()
  const authentication: Partial<Record<Side, AuthenticationMethod>> = {}
  const encryption: Partial<Record<Side, AgreedEncryption>> = {}
  const addresses: Partial<Record<Side, string>> = {}
  const data: Record<Side, number> = { tester: 0, iut: 0 }
  let proof: Negotiation['proof']
  let proofEntry: number | undefined

  function agreed(side: Side, protocol: number, options: readonly Option[]): void {
    const option = (type: number) => options.find((one) => one.type === type)?.data
    if (protocol === PppProtocolNumber.lcp) {
      lcp.add(side)
      const method = option(LcpOption.authentication)
      const known = method && decodeMethod(method)
      if (known !== undefined) authentication[side] = known
    } else if (protocol === PppProtocolNumber.ipcp) {
      const address = option(IpcpOption.address)
      if (address?.length === 4) addresses[side] = address.join('.')
    } else if (protocol === PppProtocolNumber.ccp) {
      const mode = options.map(encryptionIn).find((one) => one !== undefined)
      if (mode !== undefined) encryption[side] = mode
    }
  }

  function take(from: Side, protocol: number, { code, identifier, data: octets }: Packet): void {
    const options = decodeOptions(octets)
    if (options === undefined) return
    if (code === PacketCode.configureRequest) {
      asked.set(`${from} ${protocol} ${identifier}`, options)
      if (protocol === PppProtocolNumber.ccp && options.some((one) => (decodeMppeOption(one) ?? 0) !== 0))
        askedForEncryption.add(from)
    } else if (code === PacketCode.configureAck) {
      const other: Side = from === 'tester' ? 'iut' : 'tester'
      const request = asked.get(`${other} ${protocol} ${identifier}`)
      if (request !== undefined) agreed(other, protocol, request)
    }
  }

  for (const part of parts) {
    if (part.kind !== 'gre' || part.packet.kind !== 'gre') continue
    const frame = decodeFrame(part.packet.payload)
    if (frame === undefined) continue
    const { protocol } = frame
    if (protocol === PppProtocolNumber.ipv4 || protocol === PppProtocolNumber.compressed) {
      data[part.from]++
      continue
    }
    const packet = decodePacket(frame.information)
    if (packet === undefined) continue
    const outcome = OUTCOMES[protocol]?.[packet.code]
    if (outcome !== undefined && part.from === 'iut') {
      proof = outcome
      proofEntry = part.entry.index
    } else if (outcome === undefined) take(part.from, protocol, packet)
  }
  return { lcp, authentication, proof, encryption, addresses, askedForEncryption, data, proofEntry }
}

function encryptionIn(option: Option): AgreedEncryption | undefined {
  const bits = decodeMppeOption(option)
  if (bits === undefined) return undefined
  const size = (bits & MppeBit.strength128) !== 0 ? 128 : (bits & MppeBit.strength56) !== 0 ? 56 : 40
  return { bits: size, stateless: (bits & MppeBit.stateless) !== 0 }
}
