import { bitsInserted } from '../ppp/bit-stuffing.ts'
import { checkSequence } from '../ppp/fcs.ts'
import { decodeGre, type GrePacket } from '../protocol/gre.ts'
import { concat, readUint16, writeUint16 } from '../protocol/octets.ts'
import type { FaultName, Faults } from './faults.ts'

/**
 * Octets of payload that a mutant means to cut into fragments: with its headers such a packet may
 * be too large for an Ethernet.
 */
const LARGE = 1450

/**
 * Faults in how a GRE packet is written, packet by packet. `own`: the Call ID that the sender
 * assigned.
 */
const WRITING: readonly {
  readonly fault: FaultName
  readonly concerns?: (packet: GrePacket) => boolean
  readonly patch: (packet: GrePacket, own: number) => Partial<GrePacket>
}[] = [
  { fault: 'gre-wrong-call-id', patch: (_, own) => ({ callId: own }) },
  { fault: 'gre-version-zero', patch: () => ({ version: 0 }) },
  { fault: 'gre-flags-set', patch: () => ({ flags: 1 }) },
  { fault: 'gre-recur-set', patch: () => ({ recursionControl: 1 }) },
  { fault: 'gre-strict-source-route-set', patch: () => ({ strictSourceRoute: 1 }) },
  { fault: 'gre-checksum-set', patch: () => ({ checksumPresent: 1 }) },
  { fault: 'gre-routing-set', patch: () => ({ routingPresent: 1 }) },
  { fault: 'gre-key-missing', patch: () => ({ keyPresent: 0 }) },
  { fault: 'gre-wrong-protocol', patch: () => ({ protocolType: 0x0800 }) },
  {
    fault: 'gre-payload-length-includes-header',
    patch: (packet) => ({
      payloadLength: packet.payloadLength + 8 + 4 * (packet.sequencePresent + packet.acknowledgmentPresent),
    }),
  },
  {
    fault: 'gre-empty-with-sequence',
    concerns: (packet) => packet.payload.length === 0,
    patch: () => ({ sequencePresent: 1, sequenceNumber: 0 }),
  },
  {
    fault: 'gre-data-without-sequence',
    concerns: (packet) => packet.payload.length > 0,
    patch: () => ({ sequencePresent: 0 }),
  },
  {
    fault: 'gre-hdlc-framing',
    concerns: (packet) => packet.payload.length > 0,
    patch: ({ payload }) => withPayload(hdlc(payload)),
  },
  {
    fault: 'gre-sends-checksum',
    concerns: (packet) => packet.payload.length > 0,
    patch: ({ payload }) => withPayload(concat(payload, checkSequence(payload))),
  },
  {
    fault: 'gre-inserts-bits',
    concerns: (packet) => packet.payload.length > 0,
    patch: ({ payload }) => withPayload(bitsInserted(payload)),
  },
  {
    fault: 'gre-two-packets-in-one',
    concerns: (packet) => packet.payload.length > 0,
    patch: ({ payload }) => withPayload(concat(payload, payload)),
  },
  {
    fault: 'gre-fragment-header',
    concerns: (packet) => packet.payload.length > LARGE,
    patch: ({ payload }) => withPayload(concat(new Uint8Array(4), payload)),
  },
  {
    fault: 'gre-trailing-octets',
    patch: () => ({ trailing: new Uint8Array(4) }),
  },
]

/** The packet as it goes out. */
export function spoilPacket(packet: GrePacket, own: number, faults: Faults): GrePacket {
  for (const { fault, concerns, patch } of WRITING)
    if ((concerns?.(packet) ?? true) && faults.has(fault)) return { ...packet, ...patch(packet, own) }
  return packet
}

/**
 * Checks that a faulty receiver leaves out: which bits of the first 16, and what they have to be.
 */
const READING: readonly { readonly fault: FaultName; readonly mask: number; readonly legal: number }[] = [
  { fault: 'gre-accepts-version-0', mask: 0x0007, legal: 0x0001 },
  { fault: 'gre-accepts-checksum', mask: 0x8000, legal: 0 },
  { fault: 'gre-accepts-routing', mask: 0x4000, legal: 0 },
  { fault: 'gre-accepts-missing-key', mask: 0x2000, legal: 0x2000 },
]

/**
 * Reads a packet whose header calls for another layout or version: dropped, unless a fault
 * overlooks it.
 */
export function readPacket(octets: Uint8Array, faults: Faults): GrePacket | string {
  const packet = decodeGre(octets)
  if (packet.kind === 'gre') return packet
  if (octets.length < 8) return packet.reason
  const first = readUint16(octets, 0)
  for (const { fault, mask, legal } of READING)
    if ((first & mask) !== legal && faults.has(fault)) {
      const mended = octets.slice()
      writeUint16(mended, 0, (first & ~mask) | legal)
      const again = decodeGre(mended)
      if (again.kind === 'gre') return again
    }
  return packet.reason
}

/**
 * Asynchronous HDLC framing (RFC 1662), which has no place inside the tunnel: flags, escapes, FCS.
 */
function hdlc(payload: Uint8Array): Uint8Array {
  const flag = Uint8Array.of(0x7e)
  return concat(flag, escaped(concat(payload, checkSequence(payload)), 0xffffffff), flag)
}

function withPayload(payload: Uint8Array): Partial<GrePacket> {
  return { payload, payloadLength: payload.length }
}

/**
 * Escapes as RFC 1662 does it: the characters below 0x20 whose bits are in the map, the flag and
 * the escape itself.
 */
export function escaped(octets: Uint8Array, map: number): Uint8Array {
  const mapped = (octet: number) => octet < 0x20 && ((map >>> octet) & 1) === 1
  return Uint8Array.from(
    [...octets].flatMap((octet) =>
      mapped(octet) || octet === 0x7d || octet === 0x7e ? [0x7d, octet ^ 0x20] : [octet],
    ),
  )
}
