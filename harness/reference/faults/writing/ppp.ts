import { octetsOf, textOf } from '../../../ppp/authentication.ts'
import { CcpCode } from '../../../ppp/ccp.ts'
import { ChapCode } from '../../../ppp/chap.ts'
import { decodeFrame, encodeFrame, PppProtocolNumber } from '../../../ppp/frame.ts'
import { decodeMppePacket, encodeMppePacket, type MppePacket } from '../../../ppp/mppe.ts'
import { decodePacket, encodePacket, type Packet, PacketCode } from '../../../ppp/packet.ts'
import { PapCode } from '../../../ppp/pap.ts'
import { NO_SESSION } from '../consequences.ts'
import type { Fault, Instead } from '../fault.ts'

/**
 * Changes or drops packets of a protocol.
 * @param code the codes of these packets.
 * @param spoil returns what is sent instead: the packet itself to leave it alone, undefined to drop
 * it.
 */
function packets(
  protocol: number,
  code: number | readonly number[],
  spoil: (packet: Packet) => Packet | undefined,
): Instead {
  const codes = [code].flat()
  return {
    sent(usual, octets) {
      const frame = decodeFrame(octets)
      const packet = frame?.protocol === protocol ? decodePacket(frame.information) : undefined
      if (packet === undefined || !codes.includes(packet.code)) return usual
      const spoilt = spoil(packet)
      if (spoilt === packet) return usual
      return spoilt && encodeFrame(protocol, encodePacket(spoilt))
    },
  }
}

const { lcp, chap, pap, ipcp, ccp, ipv4, compressed } = PppProtocolNumber
const drop = () => undefined

/** Combines faults in sending: for each frame, the first one that changes it decides. */
function together(...parts: readonly Instead[]): Instead {
  return {
    sent: (usual, octets, link) =>
      parts.reduce<Uint8Array | undefined>((sent, part) => {
        if (sent !== usual || part.sent === undefined) return sent
        return part.sent(sent, octets, link)
      }, usual),
  }
}

function otherIdentifier(packet: Packet): Packet {
  return { ...packet, identifier: (packet.identifier + 1) & 0xff }
}

function inverted(octets: Uint8Array, from: number, to: number): Uint8Array {
  return octets.map((octet, at) => (at >= from && at < to ? octet ^ 0xff : octet))
}

/**
 * Drops datagrams that are to be sent, encrypted or not.
 * @param when whether this one is.
 */
const dropsDatagrams = (when: (information: Uint8Array) => boolean): Instead => ({
  sent(usual, octets) {
    const frame = decodeFrame(octets)
    const isDatagram = frame?.protocol === ipv4 || frame?.protocol === compressed
    return isDatagram && when(frame.information) ? undefined : usual
  },
})

/** Changes the Message of an MS-CHAP Failure. */
const failureSaying = (other: (message: string) => string): Instead =>
  packets(chap, ChapCode.failure, (packet) => {
    const message = textOf(packet.data)
    return message.startsWith('E=') ? { ...packet, data: octetsOf(other(message)) } : packet
  })

/**
 * Changes encrypted packets.
 * @param spoil returns the other values; undefined to leave the packet alone.
 */
const encrypted = (spoil: (packet: MppePacket) => Partial<MppePacket> | undefined): Instead => ({
  sent(usual, octets) {
    const frame = decodeFrame(octets)
    const packet = frame?.protocol === compressed ? decodeMppePacket(frame.information) : undefined
    const spoilt = packet && spoil(packet)
    if (packet === undefined || spoilt === undefined) return usual
    return encodeFrame(compressed, encodeMppePacket({ ...packet, ...spoilt }))
  },
})

/** Inverts the ciphertext: the peer cannot read it, as with a wrong key. */
const garbled = ({ data }: MppePacket) => ({ data: inverted(data, 0, data.length) })

/**
 * Whether a packet is encrypted with a later key than the first packet. In stateless mode, where
 * all packets are flushed, the key changes with each packet; in stateful mode with each flag
 * packet.
 */
const isChanged = ({ flushed, count }: MppePacket) => (flushed ? count > 0 : count >= 0xff)

/** Faults in writing PPP frames. */
export const PPP_WRITING_FAULTS = {
  // LCP
  'lcp-no-request': {
    title: 'Sends no LCP Configure-Request',
    section: '4',
    breaks: ['1.1/ordinary-ppp'],
    consequences: NO_SESSION,
    instead: packets(lcp, PacketCode.configureRequest, drop),
  },
  'lcp-no-reply': {
    title: 'Does not answer an LCP Configure-Request',
    section: '4',
    breaks: ['1.1/ordinary-ppp', '4/carries-ppp'],
    consequences: NO_SESSION,
    instead: packets(
      lcp,
      [PacketCode.configureAck, PacketCode.configureNak, PacketCode.configureReject],
      drop,
    ),
  },
  'lcp-wrong-identifier': {
    title: 'Sends LCP Configure-Ack with a wrong Identifier',
    section: '4',
    breaks: ['4/carries-ppp'],
    consequences: NO_SESSION,
    instead: packets(lcp, PacketCode.configureAck, otherIdentifier),
  },
  'lcp-no-echo-reply': {
    title: 'Does not answer an LCP Echo-Request',
    section: '4',
    breaks: ['rfc1661-5.8/echo-reply'],
    consequences: [
      '1.1/ordinary-ppp',
      '1.4/mtu-received',
      '2.7/window-buffered',
      '2.8/window-buffered',
      '2.10/window-buffered',
      '4/carries-ppp',
    ],
    instead: packets(lcp, PacketCode.echoReply, drop),
  },
  'lcp-echo-wrong-magic': {
    title: 'Sends LCP Echo-Reply with a wrong Magic-Number',
    section: 'RFC 1661 5.8',
    breaks: ['rfc1661-5.8/magic-number'],
    instead: packets(lcp, PacketCode.echoReply, (packet) => ({
      ...packet,
      data: inverted(packet.data, 0, 4),
    })),
  },
  'lcp-echo-wrong-identifier': {
    title: 'Sends LCP Echo-Reply with a wrong Identifier',
    section: '4',
    breaks: ['rfc1661-5.8/identifier'],
    consequences: [
      '1.1/ordinary-ppp',
      '1.4/mtu-received',
      '2.7/window-buffered',
      '2.8/window-buffered',
      '2.10/window-buffered',
      '4/carries-ppp',
    ],
    instead: packets(lcp, PacketCode.echoReply, otherIdentifier),
  },
  'lcp-no-terminate-ack': {
    title: 'Does not answer an LCP Terminate-Request',
    section: '4',
    breaks: ['rfc1661-5.5/terminate-ack'],
    consequences: ['1.1/ordinary-ppp', '4/carries-ppp'],
    instead: packets(lcp, PacketCode.terminateAck, drop),
  },
  'lcp-no-code-reject': {
    title: 'Sends no Code-Reject for an unknown LCP code',
    section: '4',
    breaks: ['4/carries-ppp'],
    consequences: ['1.1/ordinary-ppp'],
    instead: packets(lcp, PacketCode.codeReject, drop),
  },
  'lcp-no-protocol-reject': {
    title: 'Sends no Protocol-Reject for an unknown protocol',
    section: 'RFC 1661 5.7',
    breaks: ['rfc1661-5.7/unknown-reported'],
    instead: packets(lcp, PacketCode.protocolReject, drop),
  },
  'lcp-protocol-reject-other': {
    title: 'Sends Protocol-Reject with a wrong protocol number',
    section: 'RFC 1661 5.7',
    breaks: ['rfc1661-5.7/rejected-protocol'],
    instead: packets(lcp, PacketCode.protocolReject, (packet) => ({
      ...packet,
      data: inverted(packet.data, 0, 1),
    })),
  },
  'lcp-protocol-reject-empty': {
    title: 'Sends Protocol-Reject without a copy of the packet',
    section: 'RFC 1661 5.7',
    breaks: ['rfc1661-5.7/rejected-information'],
    instead: packets(lcp, PacketCode.protocolReject, (packet) => ({
      ...packet,
      data: packet.data.slice(0, 2),
    })),
  },
  // Authentication
  'ppp-never-proves': {
    title: 'Agrees to prove its identity and never does',
    section: 'RFC 1994 4.1',
    breaks: ['rfc1994-4.1/response'],
    consequences: ['rfc1334-2.2.1/request'],
    instead: together(packets(chap, ChapCode.response, drop), packets(pap, PapCode.request, drop)),
  },
  'ppp-no-verdict': {
    title: 'Never sends the verdict of an authentication',
    section: 'RFC 1994 4.2',
    breaks: ['rfc1334-2.2.2/ack', 'rfc1334-2.2.2/nak', 'rfc1994-4.2/failure', 'rfc1994-4.2/success'],
    consequences: [
      '2.13/whenever-disconnected',
      '3.2.4.1/established-disconnected',
      '4/carries-ppp',
      'rfc1332-3.3/peer-provides',
    ],
    instead: together(
      packets(chap, [ChapCode.success, ChapCode.failure], drop),
      packets(pap, [PapCode.ack, PapCode.nak], drop),
    ),
  },
  'ppp-wrong-authenticator-response': {
    title: 'Sends an MS-CHAPv2 Success that does not prove that it knows the secret',
    section: 'RFC 2759 5',
    breaks: ['rfc2759-5/authenticator-response'],
    consequences: ['4/carries-ppp', 'rfc1332-3.3/peer-provides'],
    instead: packets(chap, ChapCode.success, (packet) =>
      textOf(packet.data).startsWith('S=')
        ? { ...packet, data: octetsOf(`S=${'0123456789'.repeat(4)} M=Welcome`) }
        : packet,
    ),
  },
  'ppp-failure-without-code': {
    title: 'Sends plain text in an MS-CHAP Failure',
    section: 'RFC 2759 6',
    breaks: ['rfc2433-8/error-code', 'rfc2759-6/error-code'],
    consequences: ['rfc2433-8/version', 'rfc2759-6/challenge', 'rfc2759-6/version'],
    instead: failureSaying(() => 'Access denied'),
  },
  'ppp-failure-without-challenge': {
    title: 'Sends an MS-CHAP Failure without the value C',
    section: 'RFC 2759 6',
    breaks: ['rfc2759-6/challenge'],
    instead: failureSaying((message) => message.replace(/ C=[0-9A-F]+/, '')),
  },
  'ppp-failure-old-version': {
    title: 'Sends an MS-CHAP Failure with version 0 as the value V',
    section: 'RFC 2759 6',
    breaks: ['rfc2433-8/version', 'rfc2759-6/version'],
    instead: failureSaying((message) => message.replace(/V=\d/, 'V=0')),
  },
  // The network
  'ipcp-rejects-asking': {
    title: "Rejects the peer's request for an address",
    section: 'RFC 1332 3.3',
    breaks: ['rfc1332-3.3/peer-provides'],
    instead: packets(ipcp, PacketCode.configureNak, (packet) => ({
      ...packet,
      code: PacketCode.configureReject,
    })),
  },
  'ppp-drops-datagrams': {
    title: 'Sends no datagrams, although the link opens',
    section: '4',
    breaks: ['4/carries-ppp'],
    consequences: [
      '1.1/ordinary-ppp',
      '4/address-and-control',
      'rfc1661-6.5/both-forms',
      'rfc1661-6.6/both-forms',
      'rfc3078-3/datagrams-encrypted',
      'rfc3079-2/keys',
    ],
    instead: dropsDatagrams(() => true),
  },
  'ppp-drops-large': {
    title: 'Sends no datagrams of more than 1000 octets',
    section: '4',
    breaks: ['4/carries-ppp'],
    consequences: ['1.1/ordinary-ppp'],
    instead: dropsDatagrams(({ length }) => length > 1000),
  },
  // Encryption
  'mppe-no-reset-request': {
    title: 'Sends no Reset-Request after a loss',
    section: 'RFC 3078 8.2',
    breaks: ['rfc3078-8.2/reset-requested'],
    instead: packets(ccp, CcpCode.resetRequest, drop),
  },
  'mppe-wrong-keys': {
    title: 'Encrypts with keys that do not follow from the secret',
    section: 'RFC 3079 3',
    breaks: ['rfc3079-2/keys', 'rfc3079-3/keys'],
    consequences: ['4/carries-ppp', 'rfc3078-7.1/key-for-each'],
    instead: encrypted(garbled),
  },
  'mppe-keeps-key': {
    title: 'Encrypts every packet with its first session key',
    section: 'RFC 3078 7',
    breaks: ['rfc3078-7.1/key-for-each', 'rfc3078-7.2/key-on-flag'],
    consequences: [
      '4/carries-ppp',
      'rfc3078-8.1/catches-up',
      'rfc3078-8.2/reset-heeded',
      'rfc3079-2/keys',
      'rfc3079-3/keys',
      '1.1/ordinary-ppp',
    ],
    instead: encrypted((packet) => (isChanged(packet) ? garbled(packet) : undefined)),
  },
  'mppe-not-flushed': {
    title: 'Sends encrypted packets with bit A clear',
    section: 'RFC 3078 3.1',
    breaks: ['rfc3078-3.1/flushed-each'],
    consequences: [
      '4/carries-ppp',
      'rfc3078-7.1/key-for-each',
      'rfc3078-8.2/reset-heeded',
      'rfc3079-2/keys',
      'rfc3079-3/keys',
      '1.1/ordinary-ppp',
    ],
    instead: encrypted(({ flushed }) => (flushed ? { flushed: false } : undefined)),
  },
  'mppe-not-marked-encrypted': {
    title: 'Sends encrypted packets with bit D clear',
    section: 'RFC 3078 3.1',
    breaks: ['rfc3078-3.1/encrypted-bit'],
    consequences: ['4/carries-ppp', 'rfc3078-7.1/key-for-each', 'rfc3079-2/keys', 'rfc3079-3/keys'],
    instead: encrypted(() => ({ encrypted: false })),
  },
  'mppe-count-skips': {
    title: 'Counts up by two in its coherency count',
    section: 'RFC 3078 3.1',
    breaks: ['rfc3078-3.1/coherency-count'],
    consequences: [
      '4/carries-ppp',
      'rfc3078-7.1/key-for-each',
      'rfc3078-8.1/catches-up',
      'rfc3078-8.2/flushed-read',
      'rfc3078-8.2/reset-heeded',
      'rfc3079-2/keys',
      'rfc3079-3/keys',
    ],
    instead: encrypted(({ count }) => ({ count: (count * 2) & 0x0fff })),
  },
  'mppe-encrypts-everything': {
    title: 'Encrypts LCP, too, once it has sent an encrypted datagram',
    section: 'RFC 3078 3',
    breaks: ['rfc3078-3/others-in-the-clear'],
    consequences: [
      'rfc1661-5.8/echo-reply',
      'rfc3078-8.2/flushed-read',
      'rfc3078-8.1/catches-up',
      'rfc3078-8.2/reset-heeded',
    ],
    instead() {
      const encrypting = new Set<number>()
      return {
        sent(usual, octets, link) {
          const frame = decodeFrame(octets)
          if (frame?.protocol === compressed) encrypting.add(link)
          if (frame?.protocol !== lcp || !encrypting.has(link)) return usual
          return encodeFrame(compressed, inverted(frame.information, 0, frame.information.length))
        },
      }
    },
  },
} satisfies Record<string, Fault>
