import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeFrame, encodeFrame } from './frame.ts'
import { decodeOptions, decodePacket, encodeOptions, encodePacket } from './packet.ts'

const octet = fc.nat(255)
const option = fc.record({ type: octet, data: fc.uint8Array({ maxLength: 253 }) })

test('packets survive encoding and decoding, padding or not', () => {
  fc.assert(
    fc.property(octet, octet, fc.uint8Array(), fc.uint8Array(), (code, identifier, data, padding) => {
      const octets = encodePacket({ code, identifier, data })
      expect(decodePacket(Uint8Array.from([...octets, ...padding]))).toEqual({ code, identifier, data })
    }),
  )
})

test('options survive encoding and decoding', () => {
  fc.assert(
    fc.property(fc.array(option, { maxLength: 6 }), (options) => {
      expect(decodeOptions(encodeOptions(options))).toEqual(options)
    }),
  )
})

test('frames survive encoding and decoding', () => {
  const protocol = fc.integer({ min: 0, max: 0x7f7f }).map((n) => ((n << 1) & 0xfe00) | ((n << 1) & 0xff) | 1)
  const size = fc.constantFrom<1 | 2>(1, 2)
  fc.assert(
    fc.property(
      protocol,
      fc.uint8Array(),
      fc.boolean(),
      size,
      (number, information, addressAndControl, protocolSize) => {
        fc.pre((number >> 8) % 2 === 0)
        const frame = decodeFrame(encodeFrame(number, information, { addressAndControl, protocolSize }))
        expect(frame).toMatchObject({ protocol: number, information })
      },
    ),
  )
})

test('no octets make a decoder throw', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (octets) => {
      decodeFrame(octets)
      decodePacket(octets)
      decodeOptions(octets)
    }),
  )
})

test.each([
  [[1, 1, 0], undefined],
  [[1, 1, 0, 3], undefined],
  [[1, 1, 0, 5], undefined],
  [[1, 1, 0, 4, 9], { code: 1, identifier: 1, data: new Uint8Array(0) }],
])('packet %j', (octets, packet) => {
  expect(decodePacket(Uint8Array.from(octets))).toEqual(packet)
})

test.each([[[1]], [[1, 1]], [[1, 4, 0]]])('options %j are refused: a length is wrong', (octets) => {
  expect(decodeOptions(Uint8Array.from(octets))).toBeUndefined()
})
