import { encodeGre, grePacket } from '../../protocol/gre.ts'
import { readFrames } from '../../trace/capture-file.ts'
import type { CapturedFrame } from '../../trace/captured-frame.ts'
import { greIpPacket } from '../../trace/ip.ts'
import { tcpTalk } from '../../trace/testing/captures.ts'

/** Disturbs captures of raw IPv4 like networks and programs that capture do. */

type Frame = Pick<CapturedFrame, 'time' | 'octets' | 'cut'>
type Random = () => number

/** The kinds of disturbances, by name. */
const KINDS: Readonly<Record<string, (frames: readonly Frame[], random: Random) => readonly Frame[]>> = {
  'one frame dropped': (frames, random) => without(frames, Math.floor(random() * frames.length)),
  'every tenth frame dropped': (frames, random) => frames.filter(() => random() >= 0.1),
  'every frame twice': (frames) =>
    frames.flatMap((frame) => [frame, { ...frame, time: frame.time + 0.1 }]).sort(byTime),
  'order changed within 5 ms': (frames, random) =>
    frames.map((frame) => ({ ...frame, time: frame.time + 5 * random() })).sort(byTime),
  'head cut': (frames, random) => frames.slice(Math.floor(random() * frames.length)),
  'tail cut': (frames, random) => frames.slice(0, Math.ceil(random() * frames.length)),
  'one direction removed': (frames, random) => {
    const source = sourceOf(frames[Math.floor(random() * frames.length)])
    return frames.filter((frame) => sourceOf(frame) !== source)
  },
  'GRE of one direction removed': (frames, random) => {
    const source = sourceOf(frames[Math.floor(random() * frames.length)])
    return frames.filter((frame) => frame.octets[9] !== 47 || sourceOf(frame) !== source)
  },
  'cut after 64 octets': (frames) =>
    frames.map((frame) => ({
      ...frame,
      octets: frame.octets.subarray(0, 64),
      cut: frame.cut + Math.max(0, frame.octets.length - 64),
    })),
  'bit errors': (frames, random) =>
    frames.map((frame) => (random() < 0.1 ? { ...frame, octets: damaged(frame.octets, random) } : frame)),
  "a stranger's traffic": (frames) => {
    const begin = frames[0]?.time ?? 0
    return [...frames, ...strange().map((octets, at) => ({ time: begin + at, octets, cut: 0 }))].sort(byTime)
  },
}

/** Disturbs a capture in a way that depends on the seed only. */
export function disturbed(
  octets: Uint8Array,
  seed: number,
): { readonly what: string; readonly capture: Uint8Array } {
  const frames = [...readFrames(octets, 'the capture', () => {})]
  const random = randomFrom(seed)
  const names = Object.keys(KINDS)
  const what = names[Math.floor(random() * names.length)] ?? ''
  return { what, capture: pcapFile(KINDS[what]?.(frames, random) ?? frames) }
}

const byTime = (one: Frame, other: Frame): number => one.time - other.time

function without(frames: readonly Frame[], at: number): readonly Frame[] {
  return frames.filter((_, index) => index !== at)
}

function sourceOf(frame: Frame | undefined): string {
  return frame?.octets.subarray(12, 16).join('.') ?? ''
}

/** Changes bits so that a checksum is wrong: in the IP header, or in the TCP segment. */
function damaged(octets: Uint8Array, random: Random): Uint8Array {
  const copy = octets.slice()
  const end = copy[9] === 6 ? copy.length : 20
  const at = 12 + Math.floor(random() * (end - 12))
  copy[at] = (copy[at] ?? 0) ^ (1 << Math.floor(random() * 8))
  return copy
}

/** Web traffic, and a tunnel of others. */
function strange(): readonly Uint8Array[] {
  const web = tcpTalk({ address: '198.51.100.1', port: 50_000 }, { address: '198.51.100.2', port: 80 })
  const packet = encodeGre(
    grePacket({ callId: 1, sequenceNumber: 0, payload: Uint8Array.of(0xff, 3, 0, 0x21) }),
  )
  return [
    ...web.handshake(),
    web.data('tester', new TextEncoder().encode('GET / HTTP/1.1\r\n\r\n')),
    greIpPacket('198.51.100.1', '198.51.100.3', 7, packet),
  ]
}

/** The generator mulberry32. */
function randomFrom(seed: number): Random {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let value = Math.imul(state ^ (state >>> 15), 1 | state)
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Writes frames of raw IP as a pcap file with times in ns. */
function pcapFile(frames: readonly Frame[]): Uint8Array {
  const header = Buffer.alloc(24)
  header.writeUInt32LE(0xa1b23c4d, 0)
  header.writeUInt16LE(2, 4)
  header.writeUInt16LE(4, 6)
  header.writeUInt32LE(0xffff, 16)
  header.writeUInt32LE(101, 20)
  const records = frames.map(({ time, octets, cut }) => {
    const record = Buffer.alloc(16)
    record.writeUInt32LE(Math.floor(time / 1000), 0)
    record.writeUInt32LE(Math.floor((time % 1000) * 1e6), 4)
    record.writeUInt32LE(octets.length, 8)
    record.writeUInt32LE(octets.length + cut, 12)
    return Buffer.concat([record, octets])
  })
  return Buffer.concat([header, ...records])
}
