import { decodeFrame, PppProtocolNumber } from '../../ppp/frame.ts'
import { type DecodedGre, decodeGre, GRE_BITS, GRE_PROTOCOL_PPP } from '../../protocol/gre.ts'
import { concat } from '../../protocol/octets.ts'
import type { Capture } from '../pcapng.ts'
import type { Trace } from '../trace.ts'
import { GRE_FIELDS, type TsharkFrame } from './tshark.ts'

/** The comparison of two decoders of the tunnel: ours, and tshark on the capture that we wrote. */
export interface Agreement {
  /** The number of GRE packets that both decoded. */
  readonly packets: number
  /**
   * The number of packets whose PPP frame tshark should dissect, by tshark's name for the protocol.
   */
  readonly ppp: ReadonlyMap<string, number>
  /** The differences, one line each. */
  readonly differences: readonly string[]
}

/** tshark's names for protocols inside PPP. */
const LAYERS: Readonly<Record<number, string>> = {
  [PppProtocolNumber.ipv4]: 'ip',
  [PppProtocolNumber.compressed]: 'comp_data',
  [PppProtocolNumber.ipcp]: 'ipcp',
  [PppProtocolNumber.ccp]: 'ccp',
  [PppProtocolNumber.lcp]: 'lcp',
  [PppProtocolNumber.pap]: 'pap',
  [PppProtocolNumber.chap]: 'chap',
}
const IP_LAYERS: Readonly<Record<number, string>> = { 1: 'icmp', 17: 'udp' }

/**
 * Compares every field of every GRE packet of a trace, and the protocol that PPP carries in it.
 * @param frames tshark's frames of the capture, in order: the capture alone, or its part of a
 * merged one.
 */
export function greAgreement(
  trace: Trace,
  capture: Pick<Capture, 'frames'>,
  frames: readonly TsharkFrame[],
): Agreement {
  const differences: string[] = []
  const ppp = new Map<string, number>()
  let packets = 0
  for (const entry of trace.entries) {
    if (entry.kind !== 'gre') continue
    const number = capture.frames.get(entry.index) ?? 0
    const frame = frames[number - 1]
    // Octets that no dissector could show as GRE are plain data in the capture.
    if (frame === undefined || !frame.layers.includes('gre')) continue
    packets++
    const differ = (what: string, ours: string, theirs: string) => {
      if (ours !== theirs)
        differences.push(
          `entry ${entry.index}, frame ${number}: ${what} is ${ours || 'absent'} in our decoder, ${theirs || 'absent'} in tshark`,
        )
    }
    for (const [field, ours] of Object.entries(fieldsOf(entry.octets)))
      differ(field, ours, frame.gre[field] ?? '')
    const layers = pppLayersOf(decodeGre(entry.octets))
    if (layers === undefined) continue
    const inside = frame.layers.slice(frame.layers.indexOf('gre') + 1)
    differ('what GRE carries', layers.join(':'), inside.slice(0, layers.length).join(':'))
    const name = layers.at(-1) ?? ''
    ppp.set(name, (ppp.get(name) ?? 0) + 1)
  }
  return { packets, ppp, differences }
}

/**
 * The fields of a header as our decoder reads them, by tshark's names. If our decoder does not know
 * the packet, or tshark takes it for another kind of GRE (by its Protocol Type, too), only the
 * common fields.
 */
function fieldsOf(octets: Uint8Array): Readonly<Record<string, string>> {
  const packet = decodeGre(octets)
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength)
  const first = view.getUint16(0)
  const protocolType = view.getUint16(2)
  const bits = GRE_BITS.map(({ mask, shift }) => (first & mask) >> shift)
  const [version, flags = 0, acknowledgment = 0] = bits.slice(-3).reverse()
  if (protocolType !== GRE_PROTOCOL_PPP || version === 0) {
    // In such a packet the A bit is the first of the flags.
    return named([protocolType, ...bits.slice(0, -3), undefined, acknowledgment * 16 + flags, version])
  }
  if (packet.kind === 'unrecognized-gre') return named([protocolType, ...bits])
  return named([
    packet.protocolType,
    ...GRE_BITS.map(({ name }) => packet[name]),
    packet.payloadLength,
    packet.callId,
    packet.sequenceNumber,
    packet.acknowledgmentNumber,
  ])
}

function named(values: readonly (number | undefined)[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    values.map((value, at) => [
      GRE_FIELDS[at] ?? '',
      // Protocol Type comes first, and tshark shows it in hexadecimal.
      value === undefined ? '' : at === 0 ? `0x${value.toString(16).padStart(4, '0')}` : String(value),
    ]),
  )
}

/**
 * The layers that tshark has to find after the GRE header; undefined without a PPP frame that both
 * can read.
 */
function pppLayersOf(packet: DecodedGre): readonly string[] | undefined {
  if (packet.kind !== 'gre' || packet.protocolType !== GRE_PROTOCOL_PPP) return undefined
  if (packet.sequencePresent === 0) return undefined
  // The dissector takes everything after the header for PPP, whatever Payload Length says.
  const frame = decodeFrame(concat(packet.payload, packet.trailing))
  const layer = LAYERS[frame?.protocol ?? -1]
  if (frame === undefined || layer === undefined) return undefined
  const { protocol, information } = frame
  if (protocol !== PppProtocolNumber.ipv4) return ['ppp', layer]
  const transport = IP_LAYERS[information[9] ?? -1]
  return transport === undefined ? ['ppp', layer] : ['ppp', layer, transport]
}
