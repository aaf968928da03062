import { allocate, readUint16, readUint32, viewOf, writeUint16, writeUint32 } from './octets.ts'

/**
 * The fields in the first 16 bits of the enhanced GRE header (RFC 2637 section 4.1). `legal` is the
 * only value allowed; undefined where both are.
 */
export const GRE_BITS = [
  { name: 'checksumPresent', label: 'C', mask: 0x8000, shift: 15, legal: 0 },
  { name: 'routingPresent', label: 'R', mask: 0x4000, shift: 14, legal: 0 },
  { name: 'keyPresent', label: 'K', mask: 0x2000, shift: 13, legal: 1 },
  { name: 'sequencePresent', label: 'S', mask: 0x1000, shift: 12, legal: undefined },
  { name: 'strictSourceRoute', label: 's', mask: 0x0800, shift: 11, legal: 0 },
  { name: 'recursionControl', label: 'Recur', mask: 0x0700, shift: 8, legal: 0 },
  { name: 'acknowledgmentPresent', label: 'A', mask: 0x0080, shift: 7, legal: undefined },
  { name: 'flags', label: 'Flags', mask: 0x0078, shift: 3, legal: 0 },
  { name: 'version', label: 'Ver', mask: 0x0007, shift: 0, legal: 1 },
] as const

type GreBits = { readonly [B in (typeof GRE_BITS)[number] as B['name']]: number }

/** IP protocol number of GRE (RFC 1702; RFC 2637 does not state it). */
export const IP_PROTOCOL_GRE = 47
/** Protocol Type of PPP in GRE. */
export const GRE_PROTOCOL_PPP = 0x880b
/** Section 1.4: the most octets of a PPP packet that a GRE packet may carry. */
export const TUNNEL_MTU = 1532

/** One enhanced GRE packet. Numbers as on the wire, right or wrong. */
export interface GrePacket extends GreBits {
  readonly kind: 'gre'
  readonly protocolType: number
  /** High half of the key: how many octets of payload the header announces. */
  readonly payloadLength: number
  /**
   * Low half of the key: the Call ID that the receiver of this packet assigned (interpretation
   *
   */
  readonly callId: number
  /** Present when S is 1. */
  readonly sequenceNumber: number | undefined
  /** Present when A is 1. */
  readonly acknowledgmentNumber: number | undefined
  /** At most `payloadLength` octets; fewer where the packet ends early. */
  readonly payload: Uint8Array
  /** Octets after the payload: not part of it (interpretation A-58). */
  readonly trailing: Uint8Array
}

/**
 * A packet that has another header layout (C or R is 1, K is 0, or Ver is not 1), or that ends
 * inside its header.
 */
export interface UnrecognizedGre {
  readonly kind: 'unrecognized-gre'
  readonly reason: string
  readonly octets: Uint8Array
}

export type DecodedGre = GrePacket | UnrecognizedGre

export interface GreViolation {
  readonly field: string
  readonly value: number
  readonly expected: string
}

/** Makes a valid packet: data when `payload` is given, otherwise an acknowledgment only. */
export function grePacket(values: Partial<Omit<GrePacket, 'kind'>> & { readonly callId: number }): GrePacket {
  const { payload = NOTHING, sequenceNumber, acknowledgmentNumber } = values
  // Runs for every packet. The properties are written out, in the order of `decodeGre`, so that all
  // packets have the same hidden class in the JavaScript engine.
  return {
    kind: 'gre',
    checksumPresent: values.checksumPresent ?? 0,
    routingPresent: values.routingPresent ?? 0,
    keyPresent: values.keyPresent ?? 1,
    sequencePresent: values.sequencePresent ?? (sequenceNumber === undefined ? 0 : 1),
    strictSourceRoute: values.strictSourceRoute ?? 0,
    recursionControl: values.recursionControl ?? 0,
    acknowledgmentPresent: values.acknowledgmentPresent ?? (acknowledgmentNumber === undefined ? 0 : 1),
    flags: values.flags ?? 0,
    version: values.version ?? 1,
    protocolType: values.protocolType ?? GRE_PROTOCOL_PPP,
    payloadLength: values.payloadLength ?? payload.length,
    callId: values.callId,
    sequenceNumber,
    acknowledgmentNumber,
    payload,
    trailing: values.trailing ?? NOTHING,
  }
}

/**
 * Returns a packet's octets, exactly as its values say. A Sequence or Acknowledgment Number whose
 * presence bit is 0 is left out.
 */
export function encodeGre(packet: GrePacket): Uint8Array {
  const sequence = packet.sequencePresent === 1 ? packet.sequenceNumber : undefined
  const acknowledgment = packet.acknowledgmentPresent === 1 ? packet.acknowledgmentNumber : undefined
  const header = 8 + (sequence === undefined ? 0 : 4) + (acknowledgment === undefined ? 0 : 4)
  const octets = allocate(header + packet.payload.length + packet.trailing.length)
  writeUint16(octets, 0, firstOf(packet))
  writeUint16(octets, 2, packet.protocolType)
  writeUint16(octets, 4, packet.payloadLength)
  writeUint16(octets, 6, packet.callId)
  if (sequence !== undefined) writeUint32(octets, 8, sequence)
  if (acknowledgment !== undefined) writeUint32(octets, header - 4, acknowledgment)
  octets.set(packet.payload, header)
  if (packet.trailing.length > 0) octets.set(packet.trailing, header + packet.payload.length)
  return octets
}

/** Reads one GRE packet. `payload` and `trailing` are views of `octets`. Never throws. */
export function decodeGre(octets: Uint8Array): DecodedGre {
  if (octets.length < 4) return unrecognized(octets, `${octets.length} octets are less than a GRE header`)
  const bits = bitsOf(readUint16(octets, 0))
  if (bits.checksumPresent === 1) return unrecognized(octets, 'C is 1: another header layout')
  if (bits.routingPresent === 1) return unrecognized(octets, 'R is 1: another header layout')
  if (bits.keyPresent === 0) return unrecognized(octets, 'K is 0: no Call ID')
  if (bits.version !== 1) return unrecognized(octets, `Ver is ${bits.version}`)
  const header = 8 + 4 * (bits.sequencePresent + bits.acknowledgmentPresent)
  if (octets.length < header)
    return unrecognized(octets, `${octets.length} octets are less than the header of ${header}`)
  const payloadLength = readUint16(octets, 4)
  const end = Math.min(octets.length, header + payloadLength)
  // Runs several times for every packet. The bits are written out: `...bits` took a third of the
  // time.
  return {
    kind: 'gre',
    checksumPresent: bits.checksumPresent,
    routingPresent: bits.routingPresent,
    keyPresent: bits.keyPresent,
    sequencePresent: bits.sequencePresent,
    strictSourceRoute: bits.strictSourceRoute,
    recursionControl: bits.recursionControl,
    acknowledgmentPresent: bits.acknowledgmentPresent,
    flags: bits.flags,
    version: bits.version,
    protocolType: readUint16(octets, 2),
    payloadLength,
    callId: readUint16(octets, 6),
    sequenceNumber: bits.sequencePresent === 1 ? readUint32(octets, 8) : undefined,
    acknowledgmentNumber: bits.acknowledgmentPresent === 1 ? readUint32(octets, header - 4) : undefined,
    payload: viewOf(octets, header, end),
    trailing: end === octets.length ? NOTHING : viewOf(octets, end),
  }
}

function unrecognized(octets: Uint8Array, reason: string): UnrecognizedGre {
  return { kind: 'unrecognized-gre', reason, octets }
}

const NOTHING = new Uint8Array(0)

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

const NO_BITS: GreBits = {
  checksumPresent: 0,
  routingPresent: 0,
  keyPresent: 0,
  sequencePresent: 0,
  strictSourceRoute: 0,
  recursionControl: 0,
  acknowledgmentPresent: 0,
  flags: 0,
  version: 0,
}

const [C, R, K, S, STRICT, RECURSION, A, FLAGS, VERSION] = GRE_BITS

/**
 * Packs the first 16 bits of the header. Written out: a loop over `GRE_BITS` would look up each
 * field by name, for every packet.
 */
function firstOf(bits: GreBits): number {
  return (
    ((bits.checksumPresent << C.shift) & C.mask) |
    ((bits.routingPresent << R.shift) & R.mask) |
    ((bits.keyPresent << K.shift) & K.mask) |
    ((bits.sequencePresent << S.shift) & S.mask) |
    ((bits.strictSourceRoute << STRICT.shift) & STRICT.mask) |
    ((bits.recursionControl << RECURSION.shift) & RECURSION.mask) |
    ((bits.acknowledgmentPresent << A.shift) & A.mask) |
    ((bits.flags << FLAGS.shift) & FLAGS.mask) |
    ((bits.version << VERSION.shift) & VERSION.mask)
  )
}

const knownBits = new Map<number, GreBits>()

/** Unpacks the first 16 bits. The results are cached: almost all packets have the same bits. */
function bitsOf(first: number): GreBits {
  const known = knownBits.get(first)
  if (known !== undefined) return known
  const bits: Mutable<GreBits> = { ...NO_BITS }
  for (const { name, mask, shift } of GRE_BITS) bits[name] = (first & mask) >> shift
  knownBits.set(first, bits)
  return bits
}

/** Checks a packet's header against section 4.1; returns one violation for each broken rule. */
export function validateGre(packet: GrePacket): readonly GreViolation[] {
  const violations: GreViolation[] = []
  for (const bit of GRE_BITS)
    if (bit.legal !== undefined && packet[bit.name] !== bit.legal)
      violations.push({ field: bit.label, value: packet[bit.name], expected: String(bit.legal) })
  if (packet.protocolType !== GRE_PROTOCOL_PPP)
    violations.push({ field: 'Protocol Type', value: packet.protocolType, expected: '0x880B' })
  if (packet.payloadLength !== packet.payload.length || packet.trailing.length > 0)
    violations.push({
      field: 'Payload Length',
      value: packet.payloadLength,
      expected: String(packet.payload.length + packet.trailing.length),
    })
  if ((packet.sequencePresent === 1) !== packet.payloadLength > 0)
    violations.push({
      field: 'S',
      value: packet.sequencePresent,
      expected: packet.payloadLength > 0 ? '1' : '0',
    })
  return violations
}

/** Whether sequence number `a` is later than `b`, across the wrap at 2^32. */
export function isLater(a: number, b: number): boolean {
  return a !== b && (a - b) >>> 0 < 0x8000_0000
}
