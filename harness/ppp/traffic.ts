import { IP_HEADER_SIZE, ipFragments } from '../protocol/ip.ts'
import { createIpReassembly } from '../protocol/ip-reassembly.ts'
import { concat, readUint16 } from '../protocol/octets.ts'
import {
  type Datagram,
  decodeDatagram,
  encodeDatagram,
  encodeIcmpEcho,
  IcmpType,
  icmpEchoOf,
} from './datagram.ts'
import { encodeFrame, PppProtocolNumber } from './frame.ts'
import type { LinkAction } from './link.ts'
import type { LinkState } from './phases.ts'

/** Sending and receiving IPv4 packets on a link whose network is up. */

/** Sends an IPv4 packet, encrypted if that was agreed. Does nothing while the network is down. */
export function sendDatagram(link: LinkState, octets: Uint8Array): readonly LinkAction[] {
  if (!link.isUp) return []
  const { ipv4, compressed } = PppProtocolNumber
  const ciphertext = link.ccp?.encryption.encrypt(concat(Uint8Array.of(0, ipv4), octets))
  const frame = ciphertext === undefined ? encodeFrame(ipv4, octets) : encodeFrame(compressed, ciphertext)
  return [{ kind: 'send', frame }]
}

/** Sends an IPv4 packet made of these parts. */
export function sendParts(link: LinkState, datagram: Datagram): readonly LinkAction[] {
  return sendDatagram(link, encodeDatagram(datagram, nextIdentification(link)))
}

/** Takes an IPv4 packet, already decrypted. Answers a ping unless the options forbid it. */
export function takeDatagram(link: LinkState, octets: Uint8Array): readonly LinkAction[] {
  if (!link.isUp) return []
  const arrived: LinkAction = { kind: 'datagram', octets }
  const replies = link.options.answersPing === false ? [] : answerTo(link, octets)
  return [arrived, ...replies.flatMap((reply) => sendDatagram(link, reply))]
}

/**
 * Returns the packets that answer a ping to our address. A ping in fragments is answered when all
 * of them have come.
 */
function answerTo(link: LinkState, octets: Uint8Array): readonly Uint8Array[] {
  const packet = isFragment(octets) ? putTogether(link, octets) : decodeDatagram(octets)
  if (packet === undefined || packet.destination !== link.ipcp.machine.address()) return []
  const echo = icmpEchoOf(packet)
  if (echo?.type !== IcmpType.echoRequest) return []
  const payload = encodeIcmpEcho({ ...echo, type: IcmpType.echoReply })
  const { destination: source, source: destination, protocol } = packet
  const identification = nextIdentification(link)
  // Encryption adds 4 octets: the MPPE header and a protocol number, two octets each.
  const encrypted = link.ccp?.encryption.agreed() === undefined ? 0 : 4
  const room = link.lcp.machine.peersMru() - IP_HEADER_SIZE - encrypted
  if (payload.length <= room)
    return [encodeDatagram({ source, destination, protocol, payload }, identification)]
  return ipFragments(
    { source, destination, protocol, identification, octets: payload },
    { size: room - (room % 8), order: 'in-order' },
  )
}

/** Whether an IPv4 packet is a fragment: More Fragments is set, or its offset is not 0. */
function isFragment(octets: Uint8Array): boolean {
  return octets.length >= IP_HEADER_SIZE && (readUint16(octets, 6) & 0x3fff) !== 0
}

function putTogether(link: LinkState, octets: Uint8Array): Datagram | undefined {
  // Made when needed: most links never see a fragment. There is no clock here, so the time is 0 and
  // fragments wait without a time limit; their number is limited.
  link.reassembly ??= createIpReassembly()
  return link.reassembly.take(octets, 0, 0)
}

function nextIdentification(link: LinkState): number {
  link.identification = (link.identification % 0xffff) + 1
  return link.identification
}
