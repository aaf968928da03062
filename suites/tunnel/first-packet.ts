import {
  type DecodedGre,
  type Evidence,
  equalTo,
  evidence,
  factOf,
  GRE_PROTOCOL_PPP,
  type GreHub,
  type GrePacket,
  holds,
  Inconclusive,
  present,
  scenario,
  type TunnelEnd,
  tolerating,
} from '../kit.ts'
import { establishedCall } from '../steps/established-call.ts'
import { lcpIn, spokenTo, type TimedTester } from '../steps/lcp.ts'
import { sequenceNumberOf } from '../steps/tunnel-watch.ts'

/** Fields of the first two octets that decide how the rest of the header is read. */
const LAYOUT = [
  { requirement: '4.1/c-zero', field: 'checksumPresent', label: 'bit C', shift: 15, mask: 1, wanted: 0 },
  { requirement: '4.1/r-zero', field: 'routingPresent', label: 'bit R', shift: 14, mask: 1, wanted: 0 },
  { requirement: '4.1/k-one', field: 'keyPresent', label: 'bit K', shift: 13, mask: 1, wanted: 1 },
  { requirement: '4.1/version-one', field: 'version', label: 'Ver', shift: 0, mask: 7, wanted: 1 },
] as const

/** Fields whose value is the same in the first packet of every call. */
const FIELDS = [
  { requirement: '4.1/s-with-payload', field: 'sequencePresent', label: 'bit S', wanted: 1 },
  { requirement: '4.1/source-route-zero', field: 'strictSourceRoute', label: 'bit s', wanted: 0 },
  { requirement: '4.1/recursion-zero', field: 'recursionControl', label: 'Recur', wanted: 0 },
  { requirement: '4.1/flags-zero', field: 'flags', label: 'Flags', wanted: 0 },
  {
    requirement: '4.1/protocol-type',
    field: 'protocolType',
    label: 'Protocol Type',
    wanted: GRE_PROTOCOL_PPP,
  },
] as const

export default scenario(
  {
    id: 'tunnel/first-packet',
    purpose: "Every field of the first data packet's enhanced GRE header is right.",
    decides: [
      '4.1/c-zero',
      '4.1/r-zero',
      '4.1/k-one',
      '4.1/s-with-payload',
      '4.1/source-route-zero',
      '4.1/recursion-zero',
      '4.1/flags-zero',
      '4.1/version-one',
      '4.1/protocol-type',
      '4.1/payload-length',
      '4.1/call-id',
      '4.1/first-sequence-number',
      '4/no-media-framing',
    ],
    provenBy: [
      'gre-first-sequence-one',
      'gre-wrong-call-id',
      'gre-payload-length-includes-header',
      'gre-version-zero',
      'gre-flags-set',
      'gre-recur-set',
      'gre-wrong-protocol',
      'gre-hdlc-framing',
      'gre-strict-source-route-set',
      'gre-checksum-set',
      'gre-routing-set',
      'gre-key-missing',
    ],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp'],
  },
  async (t) => {
    const tunnels = await t.openTunnel()
    const { tunnel } = await establishedCall(t)
    const { decoded, entry } = await firstData(t, tunnels, tunnel)
    for (const bits of LAYOUT) t.check(bits.requirement, layout(decoded, bits, entry), exactly(bits))
    if (decoded.kind !== 'gre') return
    for (const field of FIELDS)
      t.check(field.requirement, numberOf(field.label, decoded[field.field], entry), exactly(field))
    const length = holds('Payload Length equal to the number of octets after the header')
    t.check('4.1/payload-length', payloadLength(decoded, entry), length)
    const ours = equalTo(tunnel.callId, `Call ID ${tunnel.callId}, which we assigned`)
    t.check('4.1/call-id', numberOf('Call ID', decoded.callId, entry), ours)
    const received = { packet: decoded, entry }
    t.check('4.1/first-sequence-number', sequenceNumberOf(received), ZERO)
    const plain = present('a PPP packet (LCP, at this stage) without flags, escapes or checksum')
    t.check('4/no-media-framing', lcpIn(received), plain)
  },
)

/** Sequence Number 1 only warns: section 4.1 can be read so that 1 is the first number (A-50). */
const ZERO = tolerating(equalTo(0, 'Sequence Number 0'), (number) => number === 1)

/**
 * Preamble: returns the call's first data packet. A packet with a broken header or another Call ID
 * is not assigned to the call: if the call gets none, the first packet of no call is returned.
 * @throws Inconclusive when no packet came.
 */
async function firstData(
  t: TimedTester,
  tunnels: GreHub,
  tunnel: TunnelEnd,
): Promise<{ readonly decoded: DecodedGre; readonly entry: number }> {
  const mine = await spokenTo(t, tunnel)
  if (mine !== undefined) return { decoded: mine.packet, entry: mine.entry }
  const stray = await tunnels.stray(0)
  if (stray === undefined) throw new Inconclusive('no packet came through the tunnel')
  return stray
}

/** Value of a field of `LAYOUT`, also where it makes the packet unreadable. */
function layout(
  decoded: DecodedGre,
  { field, label, shift, mask }: (typeof LAYOUT)[number],
  entry: number,
): Evidence<number> {
  if (decoded.kind === 'gre') return numberOf(label, decoded[field], entry)
  const first = ((decoded.octets[0] ?? 0) << 8) | (decoded.octets[1] ?? 0)
  return evidence((first >> shift) & mask, decoded.reason, entry)
}

/** Whether Payload Length is the size of the payload, and nothing comes after the payload. */
function payloadLength(
  { payload, payloadLength: claimed, trailing }: GrePacket,
  entry: number,
): Evidence<boolean> {
  const seen = `Payload Length ${claimed}, ${payload.length + trailing.length} octets after the header`
  return factOf(payload.length === claimed && trailing.length === 0, seen, seen, entry)
}

function numberOf(label: string, value: number, entry: number): Evidence<number> {
  return evidence(value, described(label, value), entry)
}

function exactly({ label, wanted }: { readonly label: string; readonly wanted: number }) {
  return equalTo(wanted, described(label, wanted))
}

function described(label: string, value: number): string {
  return `${label} ${label === 'Protocol Type' ? `0x${value.toString(16).toUpperCase().padStart(4, '0')}` : value}`
}
