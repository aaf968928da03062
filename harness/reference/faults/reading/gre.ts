import { decodeGre, type GrePacket, TUNNEL_MTU } from '../../../protocol/gre.ts'
import { concat, readUint16, writeUint16 } from '../../../protocol/octets.ts'
import type { ConnectionId } from '../../events.ts'
import type { Fault, Instead } from '../fault.ts'

/**
 * Leaves out a check of the header.
 * @param mask which of its first 16 bits.
 * @param legal what they have to be.
 */
function overlooking(mask: number, legal: number): Instead {
  return {
    decodePacket(usual, octets) {
      if (usual.kind === 'gre' || octets.length < 8) return usual
      const first = readUint16(octets, 0)
      if ((first & mask) === legal) return usual
      const mended = octets.slice()
      writeUint16(mended, 0, (first & ~mask) | legal)
      const again = decodeGre(mended)
      return again.kind === 'gre' ? again : usual
    },
  }
}

/** Hears nothing more of a session after a packet like that. */
const deafAfter = (isTooMuch: (packet: GrePacket) => boolean) => (): Instead => {
  const deaf = new Set<number>()
  return {
    flaw(usual, packet) {
      if (deaf.has(packet.callId)) return 'the session is over'
      if (usual === undefined && isTooMuch(packet)) deaf.add(packet.callId)
      return usual
    },
  }
}

/** Packets of the tunnel that are read otherwise. */
export const GRE_READING_FAULTS = {
  'gre-accepts-version-0': {
    title: 'Takes packets with Ver 0',
    section: '4.1',
    breaks: [],
    instead: overlooking(0x0007, 0x0001),
  },
  'gre-accepts-checksum': {
    title: 'Takes packets with C as 1',
    section: '4.1',
    breaks: [],
    instead: overlooking(0x8000, 0),
  },
  'gre-accepts-routing': {
    title: 'Takes packets with R as 1',
    section: '4.1',
    breaks: [],
    instead: overlooking(0x4000, 0),
  },
  'gre-accepts-missing-key': {
    title: 'Takes packets with K as 0',
    section: '4.1',
    breaks: [],
    instead: overlooking(0x2000, 0x2000),
  },
  'gre-accepts-any-protocol': {
    title: 'Takes packets with any Protocol Type',
    section: '4.1',
    breaks: [],
    instead: { flaw: (usual) => (usual?.startsWith('Protocol Type') === true ? undefined : usual) },
  },
  'gre-accepts-short-payload': {
    title: 'Takes packets that end before their Payload Length',
    section: '4.1',
    breaks: [],
    instead: { flaw: (usual) => (usual?.startsWith('Payload Length') === true ? undefined : usual) },
  },
  'gre-drops-large': {
    title: 'Drops payloads of more than 1500 octets',
    section: '1.4',
    breaks: [],
    instead: {
      flaw: (usual, { payload }) => (payload.length > 1500 ? `${payload.length} octets dropped` : usual),
    },
  },
  'gre-oversize-ends-session': {
    title: 'Is deaf in the tunnel after a payload of more than 1532 octets',
    section: '4',
    breaks: [],
    instead: deafAfter(({ payload }) => payload.length > TUNNEL_MTU),
  },
  'gre-ignores-separate-acknowledgment': {
    title: 'Overlooks acknowledgments that come without data',
    section: '4.2',
    breaks: [],
    instead: {
      acknowledgment: (usual, { sequenceNumber }) => (sequenceNumber === undefined ? undefined : usual),
    },
  },
  'gre-ignores-piggybacked-acknowledgment': {
    title: 'Overlooks acknowledgments that ride on data',
    section: '4.2',
    breaks: [],
    instead: {
      acknowledgment: (usual, { sequenceNumber }) => (sequenceNumber === undefined ? usual : undefined),
    },
  },
  'gre-uses-trailing': {
    title: 'Takes what follows the payload as payload',
    section: '4.1',
    breaks: [],
    instead: {
      payload: (usual, { trailing }) => (trailing.length > 0 ? concat(usual, trailing) : usual),
    },
  },
  'half-message-stalls-tunnel': {
    title: 'Takes nothing from the tunnel while half a control message has come',
    section: '1.1',
    iut: 'originator',
    breaks: [],
    instead() {
      const halfway = new Set<ConnectionId>()
      return {
        frame(usual, _stream, _octets, connection) {
          if (usual.stream.pending.length > 0) halfway.add(connection)
          else halfway.delete(connection)
          return usual
        },
        decodePacket: (usual, octets) =>
          usual.kind === 'gre' && halfway.size > 0
            ? { kind: 'unrecognized-gre', reason: 'half a control message has come', octets }
            : usual,
      }
    },
  },
} satisfies Record<string, Fault>
