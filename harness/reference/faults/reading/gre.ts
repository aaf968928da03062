import { decodeGre, type GrePacket, TUNNEL_MTU } from '../../../protocol/gre.ts'
import { concat, readUint16, writeUint16 } from '../../../protocol/octets.ts'
import type { ConnectionId } from '../../events.ts'
import type { Fault, Instead } from '../fault.ts'

/**
 * Leaves out a check of the GRE header.
 * @param mask the bits that are not checked, among the first 16.
 * @param legal their legal value.
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

/** Drops every packet of a call after one that is too much. */
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

/** Faults in reading packets of the tunnel. */
export const GRE_READING_FAULTS = {
  'gre-accepts-version-0': {
    title: 'Takes packets with any Ver',
    section: '4.1',
    breaks: ['4.1/version-received'],
    consequences: ['4.1/other-packets-dropped'],
    instead: overlooking(0x0007, 0x0001),
  },
  'gre-accepts-checksum': {
    title: 'Takes packets with C as 1',
    section: '4.1',
    breaks: ['4.1/c-received'],
    consequences: ['4.1/other-packets-dropped'],
    instead: overlooking(0x8000, 0),
  },
  'gre-accepts-routing': {
    title: 'Takes packets with R as 1',
    section: '4.1',
    breaks: ['4.1/r-received'],
    consequences: ['4.1/other-packets-dropped'],
    instead: overlooking(0x4000, 0),
  },
  'gre-accepts-missing-key': {
    title: 'Takes packets with K as 0',
    section: '4.1',
    breaks: ['4.1/k-received'],
    consequences: ['4.1/other-packets-dropped'],
    instead: overlooking(0x2000, 0x2000),
  },
  'gre-accepts-any-protocol': {
    title: 'Takes packets with any Protocol Type',
    section: '4.1',
    breaks: ['4.1/protocol-type-received'],
    consequences: ['4.1/other-packets-dropped'],
    instead: { flaw: (usual) => (usual?.startsWith('Protocol Type') === true ? undefined : usual) },
  },
  'gre-accepts-short-payload': {
    title: 'Takes packets that end before their Payload Length',
    section: '4.1',
    breaks: ['4.1/payload-cut-short'],
    instead: { flaw: (usual) => (usual?.startsWith('Payload Length') === true ? undefined : usual) },
  },
  'gre-drops-large': {
    title: 'Drops payloads of more than 1500 octets',
    section: '1.4',
    breaks: ['1.4/mtu-received'],
    instead: {
      flaw: (usual, { payload }) => (payload.length > 1500 ? `${payload.length} octets dropped` : usual),
    },
  },
  'gre-oversize-ends-session': {
    title: 'Drops every packet of a call after a payload of more than 1532 octets',
    section: '4',
    breaks: ['4/carries-ppp'],
    instead: deafAfter(({ payload }) => payload.length > TUNNEL_MTU),
  },
  'gre-ignores-separate-acknowledgment': {
    title: 'Ignores acknowledgments without data',
    section: '4.2',
    breaks: ['4.2/separate-heeded'],
    consequences: [
      '4.2.1/grows-by-one',
      '4.2.3/opens-by-one',
      '4.2.3/recovers-by-one',
      '4.2.5/acknowledges-lower',
      '4.2.5/odd-acknowledgments',
      '4.3/early-grants-credit',
      '4.4/per-session',
    ],
    instead: {
      acknowledgment: (usual, { sequenceNumber }) => (sequenceNumber === undefined ? undefined : usual),
    },
  },
  'gre-ignores-piggybacked-acknowledgment': {
    title: 'Ignores acknowledgments on data packets',
    section: '4.2',
    breaks: ['4.2/piggybacked-heeded'],
    consequences: [
      '1.3.2/key-selects-session',
      '2.5/identifier-matched',
      '3.1.4/keep-alive-counts-messages',
      '4.2.1/grows-by-one',
      '4.2.3/opens-by-one',
      '4.2.5/acknowledges-lower',
      '4.3/early-grants-credit',
      '4.4/per-session',
    ],
    instead: {
      acknowledgment: (usual, { sequenceNumber }) => (sequenceNumber === undefined ? usual : undefined),
    },
  },
  'gre-uses-trailing': {
    title: 'Takes the octets after the payload as part of it',
    section: '4.1',
    breaks: ['4.1/payload-followed'],
    instead: {
      payload: (usual, { trailing }) => (trailing.length > 0 ? concat(usual, trailing) : usual),
    },
  },
  'half-message-stalls-tunnel': {
    title: 'Drops all packets of the tunnel while a control message is incomplete',
    section: '1.1',
    iut: 'originator',
    breaks: ['1.1/ordinary-ppp'],
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
            ? { kind: 'unrecognized-gre', reason: 'a control message is incomplete', octets }
            : usual,
      }
    },
  },
} satisfies Record<string, Fault>
