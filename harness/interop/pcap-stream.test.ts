import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createPcapStream } from './pcap-stream.ts'

const HEADER = new Uint8Array(24)
new DataView(HEADER.buffer).setUint32(0, 0xa1b2c3d4, true)

function record(frame: Uint8Array): Uint8Array {
  const octets = new Uint8Array(16 + frame.length)
  const view = new DataView(octets.buffer)
  view.setUint32(8, frame.length, true)
  view.setUint32(12, frame.length, true)
  octets.set(frame, 16)
  return octets
}

/** An ARP request for an address, as arping sends it. */
function arp(...address: readonly number[]): Uint8Array {
  const frame = new Uint8Array(42)
  frame.set([0x08, 0x06], 12)
  frame.set(address, 38)
  return frame
}

const frames = fc.array(
  fc.uint8Array({ minLength: 14, maxLength: 200 }).map((frame) => {
    frame.set([0x08, 0x00], 12)
    return frame
  }),
  { maxLength: 20 },
)

it('returns the frames without ARP, whatever pieces the stream comes in', () => {
  fc.assert(
    fc.property(
      frames,
      fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 8 }),
      (some, sizes) => {
        const asked: string[] = []
        const stream = createPcapStream((address) => asked.push(address))
        const records = some.map(record)
        const whole = Buffer.concat([HEADER, ...records, record(arp(198, 19, 0, 7))])
        for (let at = 0, turn = 0; at < whole.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1
          stream.push(whole.subarray(at, at + size))
          at += size
        }
        expect(asked).toEqual(['198.19.0.7'])
        expect(Buffer.from(stream.capture())).toEqual(Buffer.concat([HEADER, ...records]))
        stream.reset()
        expect(stream.capture()).toHaveLength(HEADER.length)
      },
    ),
  )
})

it('refuses a stream that is not pcap, and a frame that is too long', () => {
  const push = (...parts: readonly Uint8Array[]) => createPcapStream(() => {}).push(Buffer.concat(parts))
  expect(() => push(new Uint8Array(24))).toThrow('not a pcap capture')
  const huge = record(new Uint8Array(0))
  new DataView(huge.buffer).setUint32(8, 1_000_000, true)
  expect(() => push(HEADER, huge)).toThrow('a frame of 1000000 octets')
})
