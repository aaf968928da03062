import { describe, expect, test } from 'vitest'
import { controlMessage, encodeControl } from '../protocol/control.ts'
import { encodeGre, grePacket } from '../protocol/gre.ts'
import { concat } from '../protocol/octets.ts'
import { readCapture } from './capture.ts'
import { greIpPacket } from './ip.ts'
import { messagesOf, readTrace } from './messages.ts'
import { strangerIn } from './stranger.ts'
import { pcapOf, tcpTalk } from './testing/captures.ts'

const CLIENT = '192.0.2.1'
const SERVER = '192.0.2.2'
const START = encodeControl(controlMessage('Start-Control-Connection-Request'))

/** A handshake, a start, and three packets each way. */
function sound(): Uint8Array[] {
  const talk = tcpTalk()
  const gre = (from: string, to: string, sequenceNumber: number) =>
    greIpPacket(
      from,
      to,
      1_000 + sequenceNumber + (from === CLIENT ? 0 : 500),
      encodeGre(
        grePacket({ callId: 7, sequenceNumber, payload: Uint8Array.of(0xff, 3, 0xc0, 0x21, 9, 1, 0, 4) }),
      ),
    )
  return [
    ...talk.handshake(),
    talk.data('tester', START),
    talk.data('iut', encodeControl(controlMessage('Start-Control-Connection-Reply', { resultCode: 1 }))),
    ...[0, 1, 2].flatMap((number) => [gre(CLIENT, SERVER, number), gre(SERVER, CLIENT, number)]),
  ]
}

function countsOf(octets: Uint8Array) {
  const { conversations, notes } = readCapture(octets)
  const [only] = conversations
  const kinds = only === undefined ? [] : messagesOf(readTrace(only.trace)).map(({ kind }) => kind)
  const count = (wanted: string) => kinds.filter((kind) => kind === wanted).length
  return { conversations: conversations.length, control: count('control'), gre: count('gre'), notes }
}

const SOUND = { conversations: 1, control: 2, gre: 6 }

/** Decrements the TTL of a packet, as a router does, and adapts the checksum. */
function routed(packet: Uint8Array): Uint8Array {
  const copy = packet.slice()
  copy[8] = (copy[8] ?? 0) - 1
  // The TTL is the high octet of a word: one less there is 0x100 more in the checksum.
  const view = new DataView(copy.buffer)
  const sum = view.getUint16(10) + 0x100
  view.setUint16(10, (sum & 0xffff) + (sum >> 16))
  return copy
}

describe('a packet that a capture holds twice', () => {
  test.each([
    ['as it is', (packet: Uint8Array) => packet],
    ['after a router', routed],
  ])('is read once, %s', (_, change) => {
    const frames = sound().flatMap((packet) => [packet, change(packet)])
    // All frames have the same time.
    const { notes, ...counts } = countsOf(pcapOf(frames, { apart: 0 }))
    expect(counts).toEqual(SOUND)
    expect(notes).toEqual([
      `${frames.length / 2} frames left out: copies of packets that were captured before`,
    ])
  })

  test('is two packets if the sender numbered them differently', () => {
    const frames = sound()
    const again = frames.at(-1)?.slice() ?? new Uint8Array(0)
    new DataView(again.buffer).setUint16(4, 77)
    new DataView(again.buffer).setUint16(10, 0)
    expect(countsOf(pcapOf([...frames, again], { apart: 0 }))).toEqual({ ...SOUND, gre: 7, notes: [] })
  })
})

describe('a damaged packet', () => {
  test('is left out, and its undamaged copy counts', () => {
    const frames = sound()
    const damaged = frames[6]?.slice() ?? new Uint8Array(0)
    damaged[3] = 0xff
    const { notes, ...counts } = countsOf(pcapOf([...frames.slice(0, 6), damaged, ...frames.slice(6)]))
    expect(counts).toEqual(SOUND)
    expect(notes).toEqual(['1 packet left out: wrong IP header checksum; receivers drop such packets'])
    const segment = frames[3]?.slice() ?? new Uint8Array(0)
    segment[49] = (segment[49] ?? 0) ^ 0x44
    const control = countsOf(pcapOf([...frames.slice(0, 3), segment, ...frames.slice(3)]))
    expect(control).toMatchObject({
      ...SOUND,
      notes: ['1 segment left out: wrong TCP checksum; receivers drop such segments'],
    })
  })

  test('counts if all checksums of its sender are wrong: the packets were captured before the network card filled them in', () => {
    const frames = sound().map((frame) => {
      const copy = frame.slice()
      if (copy[15] === 1) copy[10] = (copy[10] ?? 0) ^ 0x55
      return copy
    })
    expect(countsOf(pcapOf(frames))).toEqual({ ...SOUND, notes: [] })
  })
})

/** GRE of another Protocol Type: EoIP. */
function eoip(from: string, to: string): Uint8Array {
  return greIpPacket(from, to, 9, Uint8Array.of(0x20, 1, 0x64, 0, 0, 4, 0, 1, 1, 2, 3, 4))
}

test('GRE of another tunnel is left out if there is PPTP as well', () => {
  const { notes, ...counts } = countsOf(pcapOf([...sound(), eoip(CLIENT, SERVER), eoip(SERVER, CLIENT)]))
  expect(counts).toEqual(SOUND)
  expect(notes).toEqual(['2 frames left out: GRE of another tunnel: EoIP'])
  // If the sender has no GRE of PPTP's, its Protocol Type is a fault and the packet stays.
  const alone = sound().slice(0, 5)
  expect(countsOf(pcapOf([...alone, eoip(CLIENT, SERVER)]))).toMatchObject({ gre: 1 })
})

const ETHERNET = new Uint8Array(12)

test.each([
  ['PPPoE', 1, Uint8Array.of(0x88, 0x64, 0x11, 0, 0, 1, 0, 0, 0, 0x21)],
  ['a VLAN with PPPoE', 1, Uint8Array.of(0x81, 0, 0, 7, 0x88, 0x64, 0x11, 0, 0, 1, 0, 0, 0, 0x21)],
  ['two labels of MPLS', 1, Uint8Array.of(0x88, 0x47, 0, 1, 0, 64, 0, 2, 1, 64)],
])('%s is read', (_, linkType, header) => {
  const frames = sound().map((packet) => concat(ETHERNET, header, packet))
  expect(countsOf(pcapOf(frames, { linkType }))).toEqual({ ...SOUND, notes: [] })
})

test('the notes name tunnels and link types that are not decoded', () => {
  const inIp = sound().map((packet) => {
    const outer = greIpPacket(CLIENT, SERVER, 3, packet)
    outer[9] = 4
    outer[10] = 0
    outer[11] = 0
    return outer
  })
  expect(countsOf(pcapOf(inIp)).notes).toEqual(['11 frames left out: IP in IP, which is not decoded'])
  expect(countsOf(pcapOf(sound(), { linkType: 127 })).notes).toEqual([
    '11 frames left out: IEEE 802.11 with radiotap (link type 127)',
  ])
})

describe('a conversation that is not PPTP', () => {
  const said = (text: string) => {
    const talk = tcpTalk()
    const opening = talk.handshake()
    const data = text === '' ? [] : [talk.data('tester', new TextEncoder().encode(text))]
    const { conversations } = readCapture(pcapOf([...opening, ...data]))
    return conversations.map(strangerIn)
  }

  test('is reported with its protocol', () => {
    expect(said('GET / HTTP/1.1\r\nHost: x\r\n\r\n')).toEqual(['TCP port 1723 carries something else (HTTP)'])
    expect(said('SSH-2.0-OpenSSH_9.2\r\n')).toEqual(['TCP port 1723 carries something else (SSH)'])
    expect(said('hello, is this the right port?')).toEqual(['TCP port 1723 carries something else'])
    expect(said('')).toEqual(['a TCP connection to port 1723 without any octet'])
  })

  test('does not include an incomplete message or a wrong Magic Cookie', () => {
    expect(said('\0\x10\0\x01')).toEqual([undefined])
    expect(said('\0\x10\0\x01abcdefghijkl')).toEqual([undefined])
    const [only] = readCapture(pcapOf(sound())).conversations
    expect(only && strangerIn(only)).toBeUndefined()
  })
})
