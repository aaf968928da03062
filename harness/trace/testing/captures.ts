import { addressOctets } from '../../protocol/ip.ts'
import { concat } from '../../protocol/octets.ts'
import { TcpFlag, tcpPacket } from '../ip.ts'

/** Captures made by hand, for tests. */

export interface PcapOptions {
  readonly littleEndian?: boolean
  readonly nanoseconds?: boolean
  readonly linkType?: number
  /** s between frames; 1 unless given. */
  readonly apart?: number
  /** The most octets that are kept of each frame. */
  readonly snapLength?: number
}

/**
 * Makes a pcap file of frames that are `apart` s apart; the first is at `startedAt`, in s since
 * 1970.
 */
export function pcapOf(frames: readonly Uint8Array[], options: PcapOptions = {}): Uint8Array {
  const {
    littleEndian = false,
    nanoseconds = false,
    linkType = 101,
    apart = 1,
    snapLength = 0xffff,
  } = options
  const header = new Uint8Array(24)
  const view = new DataView(header.buffer)
  view.setUint32(0, nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4, littleEndian)
  view.setUint16(4, 2, littleEndian)
  view.setUint16(6, 4, littleEndian)
  view.setUint32(16, snapLength, littleEndian)
  view.setUint32(20, linkType, littleEndian)
  const records = frames.map((frame, at) => {
    const kept = frame.subarray(0, snapLength)
    const record = new Uint8Array(16)
    const recordView = new DataView(record.buffer)
    recordView.setUint32(0, 1_700_000_000 + at * apart, littleEndian)
    recordView.setUint32(4, nanoseconds ? 5_000_000 : 5_000, littleEndian)
    recordView.setUint32(8, kept.length, littleEndian)
    recordView.setUint32(12, frame.length, littleEndian)
    return concat(record, kept)
  })
  return concat(header, ...records)
}

/** Makes the IPv4 packets of two ends that exchange TCP segments. */
export function tcpTalk(
  tester = { address: '192.0.2.1', port: 40_001 },
  iut = { address: '192.0.2.2', port: 1723 },
  begin: { readonly tester: number; readonly iut: number } = { tester: 1000, iut: 2000 },
) {
  const next = { ...begin }
  let identification = 0
  const packet = (
    from: 'tester' | 'iut',
    flags: number,
    data: Uint8Array = new Uint8Array(0),
    at: number = next[from],
  ): Uint8Array => {
    const [source, destination] = from === 'tester' ? [tester, iut] : [iut, tester]
    const numbered = (flags & (TcpFlag.syn | TcpFlag.fin)) === 0 ? 0 : 1
    next[from] = (at + data.length + numbered) >>> 0
    return tcpPacket({
      source,
      destination,
      sequence: at,
      acknowledgment: (flags & TcpFlag.ack) === 0 ? 0 : next[from === 'tester' ? 'iut' : 'tester'],
      flags,
      identification: ++identification,
      data,
    })
  }
  return {
    next,
    handshake: () => [
      packet('tester', TcpFlag.syn),
      packet('iut', TcpFlag.syn | TcpFlag.ack),
      packet('tester', TcpFlag.ack),
    ],
    data: (from: 'tester' | 'iut', data: Uint8Array, at?: number) =>
      packet(from, TcpFlag.psh | TcpFlag.ack, data, at),
    fin: (from: 'tester' | 'iut') => packet(from, TcpFlag.fin | TcpFlag.ack),
    rst: (from: 'tester' | 'iut') => packet(from, TcpFlag.rst),
  }
}

/**
 * Cuts an IPv4 packet into fragments of `size` octets of payload, a multiple of 8. Their checksums
 * are 0, as if the network card filled them in.
 */
export function fragmentsOf(packet: Uint8Array, size: number): readonly Uint8Array[] {
  const header = packet.subarray(0, 20)
  const payload = packet.subarray(20)
  const fragments: Uint8Array[] = []
  for (let at = 0; at < payload.length; at += size) {
    const fragment = concat(header, payload.subarray(at, at + size))
    const view = new DataView(fragment.buffer)
    view.setUint16(2, fragment.length)
    view.setUint16(10, 0)
    view.setUint16(6, (at + size < payload.length ? 0x2000 : 0) | (at / 8))
    fragments.push(fragment)
  }
  return fragments
}

/** The octets that each link type puts before an IPv4 packet. */
export const LINK_HEADERS: Readonly<
  Record<string, { readonly linkType: number; readonly header: Uint8Array }>
> = {
  'raw IP': { linkType: 101, header: new Uint8Array(0) },
  'raw IP of old': { linkType: 12, header: new Uint8Array(0) },
  IPv4: { linkType: 228, header: new Uint8Array(0) },
  Ethernet: { linkType: 1, header: concat(new Uint8Array(12), Uint8Array.of(8, 0)) },
  'Ethernet with two VLAN tags': {
    linkType: 1,
    header: concat(new Uint8Array(12), Uint8Array.of(0x88, 0xa8, 0, 1, 0x81, 0, 0, 2, 8, 0)),
  },
  'Linux cooked': { linkType: 113, header: concat(new Uint8Array(14), Uint8Array.of(8, 0)) },
  'Linux cooked, version 2': { linkType: 276, header: concat(Uint8Array.of(8, 0), new Uint8Array(18)) },
  'BSD loopback, little-endian': { linkType: 0, header: Uint8Array.of(2, 0, 0, 0) },
  'BSD loopback, big-endian': { linkType: 0, header: Uint8Array.of(0, 0, 0, 2) },
  'OpenBSD loopback': { linkType: 108, header: Uint8Array.of(0, 0, 0, 2) },
}

/** An IPv4 packet with UDP, and an IPv6 packet: readers of PPTP ignore both. */
export const OTHER_PACKETS: readonly Uint8Array[] = [
  concat(
    Uint8Array.of(0x45, 0, 0, 28, 0, 1, 0, 0, 64, 17, 0, 0),
    addressOctets('192.0.2.1'),
    addressOctets('192.0.2.2'),
    new Uint8Array(8),
  ),
  concat(Uint8Array.of(0x60), new Uint8Array(39)),
]
