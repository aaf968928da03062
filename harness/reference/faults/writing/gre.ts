import { bitsInserted } from '../../../ppp/bit-stuffing.ts'
import { checkSequence } from '../../../ppp/fcs.ts'
import type { GrePacket } from '../../../protocol/gre.ts'
import { concat } from '../../../protocol/octets.ts'
import { NO_SESSION } from '../consequences.ts'
import type { Fault, Instead } from '../fault.ts'

/**
 * The payload size in octets above which a mutant writes a fragment header of its own: with all
 * headers, such a packet may exceed 1500 octets.
 */
const LARGE = 1450

/**
 * Changes values of packets.
 * @param patch returns the other values; `own` is the Call ID that the sender assigned.
 * @param concerns whether this packet is changed.
 */
const packets = (
  patch: (packet: GrePacket, own: number) => Partial<GrePacket>,
  concerns: (packet: GrePacket) => boolean = () => true,
): Instead => ({
  packet: (usual, packet, own) => (concerns(packet) ? { ...usual, ...patch(packet, own) } : usual),
})

const hasPayload = ({ payload }: GrePacket) => payload.length > 0

function withPayload(payload: Uint8Array): Partial<GrePacket> {
  return { payload, payloadLength: payload.length }
}

/**
 * Frames a payload as asynchronous HDLC does (RFC 1662): flags, escapes and FCS. A tunnel must not
 * carry them.
 */
function hdlc(payload: Uint8Array): Uint8Array {
  const flag = Uint8Array.of(0x7e)
  return concat(flag, escaped(concat(payload, checkSequence(payload)), 0xffffffff), flag)
}

/**
 * Escapes octets as RFC 1662 does: those below 0x20 whose bit is set in the map, the flag (0x7E)
 * and the escape octet (0x7D).
 */
function escaped(octets: Uint8Array, map: number): Uint8Array {
  const mapped = (octet: number) => octet < 0x20 && ((map >>> octet) & 1) === 1
  return Uint8Array.from(
    [...octets].flatMap((octet) =>
      mapped(octet) || octet === 0x7d || octet === 0x7e ? [0x7d, octet ^ 0x20] : [octet],
    ),
  )
}

/** Faults in writing packets of the tunnel. */
export const GRE_WRITING_FAULTS = {
  'gre-wrong-call-id': {
    title: 'Sends packets with its own Call ID',
    section: '4.1',
    breaks: ['4.1/call-id'],
    consequences: NO_SESSION,
    instead: packets((_, own) => ({ callId: own })),
  },
  'gre-version-zero': {
    title: 'Sends packets with Ver as 0',
    section: '4.1',
    breaks: ['4.1/version-one'],
    consequences: NO_SESSION,
    instead: packets(() => ({ version: 0 })),
  },
  'gre-flags-set': {
    title: 'Sends packets with Flags as 1',
    section: '4.1',
    breaks: ['4.1/flags-zero'],
    instead: packets(() => ({ flags: 1 })),
  },
  'gre-recur-set': {
    title: 'Sends packets with Recur as 1',
    section: '4.1',
    breaks: ['4.1/recursion-zero'],
    instead: packets(() => ({ recursionControl: 1 })),
  },
  'gre-strict-source-route-set': {
    title: 'Sends packets with s as 1',
    section: '4.1',
    breaks: ['4.1/source-route-zero'],
    instead: packets(() => ({ strictSourceRoute: 1 })),
  },
  'gre-checksum-set': {
    title: 'Sends packets with C as 1',
    section: '4.1',
    breaks: ['4.1/c-zero'],
    consequences: NO_SESSION,
    instead: packets(() => ({ checksumPresent: 1 })),
  },
  'gre-routing-set': {
    title: 'Sends packets with R as 1',
    section: '4.1',
    breaks: ['4.1/r-zero'],
    consequences: NO_SESSION,
    instead: packets(() => ({ routingPresent: 1 })),
  },
  'gre-key-missing': {
    title: 'Sends packets with K as 0',
    section: '4.1',
    breaks: ['4.1/k-one'],
    consequences: NO_SESSION,
    instead: packets(() => ({ keyPresent: 0 })),
  },
  'gre-wrong-protocol': {
    title: 'Sends packets with Protocol Type 0x0800',
    section: '4.1',
    breaks: ['4.1/protocol-type'],
    consequences: ['4/encapsulation'],
    instead: packets(() => ({ protocolType: 0x0800 })),
  },
  'gre-payload-length-includes-header': {
    title: 'Counts the GRE header in Payload Length',
    section: '4.1',
    breaks: ['4.1/payload-length'],
    instead: packets((packet) => ({
      payloadLength: packet.payloadLength + 8 + 4 * (packet.sequencePresent + packet.acknowledgmentPresent),
    })),
  },
  'gre-empty-with-sequence': {
    title: 'Sends acknowledgments without payload with a sequence number',
    section: '4.1',
    breaks: ['4.1/numbers-only-data', '4.1/s-with-payload'],
    instead: packets(
      () => ({ sequencePresent: 1, sequenceNumber: 0 }),
      (packet) => packet.payload.length === 0,
    ),
  },
  'gre-data-without-sequence': {
    title: 'Sends payloads without a sequence number',
    section: '4.1',
    breaks: ['4.1/s-with-payload'],
    consequences: NO_SESSION,
    instead: packets(() => ({ sequencePresent: 0 }), hasPayload),
  },
  'gre-hdlc-framing': {
    title: 'Sends payloads with HDLC flags, escapes and FCS',
    section: '4',
    breaks: ['4/no-flags', '4/no-media-framing'],
    consequences: NO_SESSION,
    instead: packets(({ payload }) => withPayload(hdlc(payload)), hasPayload),
  },
  'gre-sends-checksum': {
    title: 'Sends payloads with the FCS of PPP at their end',
    section: '4',
    breaks: ['4/no-crc'],
    consequences: ['4/carries-ppp', 'rfc3078-8.2/flushed-read', 'rfc3078-8.2/reset-heeded', 'rfc3079-3/keys'],
    instead: packets(({ payload }) => withPayload(concat(payload, checkSequence(payload))), hasPayload),
  },
  'gre-inserts-bits': {
    title: 'Inserts a bit of 0 after five bits of 1',
    section: '4',
    breaks: ['4/no-bit-insertion'],
    consequences: NO_SESSION,
    instead: packets(({ payload }) => withPayload(bitsInserted(payload)), hasPayload),
  },
  'gre-two-packets-in-one': {
    title: 'Puts two PPP packets into one GRE packet',
    section: '4',
    breaks: ['4/one-packet'],
    consequences: [
      '1.4/tunnel-mtu',
      '4/carries-ppp',
      'rfc3078-8.2/flushed-read',
      'rfc3078-8.2/reset-heeded',
      'rfc3079-3/keys',
      'rfc3078-7.2/key-on-flag',
    ],
    instead: packets(({ payload }) => withPayload(concat(payload, payload)), hasPayload),
  },
  'gre-fragment-header': {
    title: 'Puts four octets of its own before PPP packets of more than 1450 octets',
    section: '4.1',
    breaks: ['4.1/payload-is-ppp'],
    consequences: ['1.4/mtu-received', '4/encapsulation'],
    instead: packets(
      ({ payload }) => withPayload(concat(new Uint8Array(4), payload)),
      (packet) => packet.payload.length > LARGE,
    ),
  },
  'gre-trailing-octets': {
    title: 'Sends four octets after each payload',
    section: '4.1',
    breaks: ['4.1/payload-length'],
    consequences: ['4.1/s-with-payload'],
    instead: packets(() => ({ trailing: new Uint8Array(4) })),
  },
  'set-link-info-escapes': {
    title: 'Escapes in the tunnel the characters that Set-Link-Info names for the line',
    section: '2.15',
    breaks: ['2.15/accm-outside-tunnel'],
    consequences: ['2.15/accepted', '2.15/negotiation-goes-on', '4/no-escapes', '4/no-media-framing'],
    instead() {
      const maps = new Map<number, number>()
      return {
        dispatcherStep(usual, { message, call }) {
          if (message?.name === 'Set-Link-Info' && call !== undefined && message.sendAccm !== 0)
            maps.set(call.ownCallId, message.sendAccm)
          return usual
        },
        packet(usual, { payload }, own) {
          const map = maps.get(own)
          if (map === undefined || payload.length === 0) return usual
          return { ...usual, ...withPayload(escaped(payload, map)) }
        },
      }
    },
  },
} satisfies Record<string, Fault>
