import { ChapCode } from '../ppp/chap.ts'
import { decodeFrame, PppProtocolNumber } from '../ppp/frame.ts'
import { createMppeReceiver, type MppeReceiver } from '../ppp/mppe.ts'
import { type MppeCredentials, mppeStartKeys } from '../ppp/mppe-keys.ts'
import { decodePacket } from '../ppp/packet.ts'
import { oppositeSide, type ReadTrace } from '../trace/messages.ts'
import type { Side } from '../trace/trace.ts'
import { type Negotiation, negotiationIn } from './negotiation.ts'

/** The number of encrypted packets in one direction of a call. */
export interface DecryptedDirection {
  readonly encrypted: number
  /** The number of these that decrypt to IPv4 packets with the agreed keys. */
  readonly readable: number
}

/**
 * Offsets and lengths, in octets, in the data of an MS-CHAP packet: the value follows an octet of
 * length; in version 2 the NT-Response is 24 octets into the value.
 */
const VALUE = 1
const CHALLENGE_V1 = 8
const NT_RESPONSE = { offset: VALUE + 24, length: 24 } as const
/** The first octet of an IPv4 packet whose header has 20 octets. */
const IPV4 = 0x45

/**
 * Decrypts the packets of a trace's first call with the client's secret.
 * @returns the counts by sender; undefined when no keys can be derived from the trace.
 */
export function decryptionIn(
  reading: ReadTrace,
  secret: string,
): Readonly<Record<Side, DecryptedDirection>> | undefined {
  const negotiation = negotiationIn(reading)
  const credentials = credentialsIn(reading, negotiation, secret)
  if (credentials === undefined) return undefined
  const receivers = { tester: receiverOf('iut'), iut: receiverOf('tester') }
  const found = {
    tester: { encrypted: 0, readable: 0 },
    iut: { encrypted: 0, readable: 0 },
  }

  /** Creates the MPPE receiver of a side; undefined when what it receives is not encrypted. */
  function receiverOf(side: Side): MppeReceiver | undefined {
    const mode = negotiation.encryption[side]
    if (mode === undefined || credentials === undefined) return undefined
    const keys = mppeStartKeys(credentials, mode.bits, side === 'iut' ? 'authenticator' : 'authenticated')
    return createMppeReceiver({ key: keys.receive, strength: mode.bits, stateless: mode.stateless })
  }

  for (const part of reading.parts) {
    if (part.kind !== 'gre' || part.packet.kind !== 'gre') continue
    const frame = decodeFrame(part.packet.payload)
    if (frame?.protocol !== PppProtocolNumber.compressed) continue
    const one = found[part.from]
    one.encrypted++
    const read = receivers[part.from]?.decrypt(frame.information)
    const inner = read?.kind === 'datagram' ? decodeFrame(read.plain) : undefined
    if (inner?.protocol === PppProtocolNumber.ipv4 && inner.information[0] === IPV4) one.readable++
  }
  return found
}

function credentialsIn(
  { parts }: ReadTrace,
  { authentication }: Negotiation,
  password: string,
): MppeCredentials | undefined {
  const authenticator: Side = 'iut'
  const method = authentication[authenticator]
  const chap = (code: number, from: Side) => {
    for (const part of parts) {
      if (part.kind !== 'gre' || part.from !== from || part.packet.kind !== 'gre') continue
      const frame = decodeFrame(part.packet.payload)
      const packet = frame?.protocol === PppProtocolNumber.chap ? decodePacket(frame.information) : undefined
      if (packet?.code === code) return packet.data
    }
    return undefined
  }
  if (method === 'ms-chap-v2') {
    const value = chap(ChapCode.response, oppositeSide(authenticator))
    const ntResponse = value?.slice(NT_RESPONSE.offset, NT_RESPONSE.offset + NT_RESPONSE.length)
    return ntResponse?.length === NT_RESPONSE.length ? { method, password, ntResponse } : undefined
  }
  if (method === 'ms-chap-v1') {
    const challenge = chap(ChapCode.challenge, authenticator)?.slice(VALUE, VALUE + CHALLENGE_V1)
    return challenge?.length === CHALLENGE_V1 ? { method, password, challenge } : undefined
  }
  return undefined
}
