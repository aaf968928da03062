import { decodeFrame, PppProtocolNumber } from '../ppp/frame.ts'
import { decodePacket, PacketCode } from '../ppp/packet.ts'
import { hexNumber } from '../protocol/octets.ts'

/** Short names of the protocols of PPP that appear in a tunnel. */
export const PROTOCOL_NAMES: Readonly<Record<number, string>> = {
  [PppProtocolNumber.ipv4]: 'IPv4',
  [PppProtocolNumber.compressed]: 'compressed data',
  [PppProtocolNumber.ipcp]: 'IPCP',
  [PppProtocolNumber.ccp]: 'CCP',
  [PppProtocolNumber.lcp]: 'LCP',
  [PppProtocolNumber.pap]: 'PAP',
  [PppProtocolNumber.chap]: 'CHAP',
}
/** Protocols whose packets use the codes of RFC 1661 section 5. */
const LIKE_LCP: ReadonlySet<number> = new Set([
  PppProtocolNumber.lcp,
  PppProtocolNumber.ipcp,
  PppProtocolNumber.ccp,
])
const CODE_NAMES: Readonly<Record<number, string>> = Object.fromEntries(
  Object.entries(PacketCode).map(([name, code]) => [
    code,
    name.replace(/^[a-z]/, (letter) => letter.toUpperCase()).replace(/(?<=.)[A-Z]/, '-$&'),
  ]),
)
const PAP_CODES: Readonly<Record<number, string>> = {
  1: 'Authenticate-Request',
  2: 'Authenticate-Ack',
  3: 'Authenticate-Nak',
}
/** Codes of CCP beyond those of LCP. */
const CCP_CODES: Readonly<Record<number, string>> = { 14: 'Reset-Request', 15: 'Reset-Ack' }
const CHAP_CODES: Readonly<Record<number, string>> = {
  1: 'Challenge',
  2: 'Response',
  3: 'Success',
  4: 'Failure',
}

const CODES: Readonly<Record<number, Readonly<Record<number, string>>>> = {
  [PppProtocolNumber.pap]: PAP_CODES,
  [PppProtocolNumber.chap]: CHAP_CODES,
  [PppProtocolNumber.ccp]: { ...CODE_NAMES, ...CCP_CODES },
}

/** Returns names of the codes of a protocol's packets; undefined where it has no such packets. */
export function pppCodes(protocol: number): Readonly<Record<number, string>> | undefined {
  return CODES[protocol] ?? (LIKE_LCP.has(protocol) ? CODE_NAMES : undefined)
}

/** Describes a PPP frame in a few words: `LCP Configure-Request id 1`. */
export function pppSummary(payload: Uint8Array): string {
  const frame = decodeFrame(payload)
  if (frame === undefined) return `${payload.length} octets that are not a PPP frame`
  const { protocol, information } = frame
  const name = PROTOCOL_NAMES[protocol] ?? `PPP ${hexNumber(protocol, 4)}`
  const codes = pppCodes(protocol)
  if (codes === undefined) return `${name}, ${information.length} octets`
  const packet = decodePacket(information)
  if (packet === undefined) return `${name}, ${information.length} octets that are not a packet`
  return `${name} ${codes[packet.code] ?? `code ${packet.code}`} id ${packet.identifier}`
}
