import { expect, test } from 'vitest'
import { concat } from '../protocol/octets.ts'
import { extentOf } from './extent.ts'
import { encodeFrame, PppProtocolNumber } from './frame.ts'
import { encodePacket } from './packet.ts'

const PACKET = encodePacket({ code: 9, identifier: 1, data: new Uint8Array(4) })

test.each([
  ['with Address and Control', {}, 12],
  ['without', { addressAndControl: false }, 10],
])('a control packet ends where its Length says, %s', (_, options, end) => {
  const frame = encodeFrame(PppProtocolNumber.lcp, PACKET, options)
  expect(extentOf(frame)).toEqual({ protocol: PppProtocolNumber.lcp, end })
  expect(extentOf(concat(frame, new Uint8Array(5)))).toEqual({ protocol: PppProtocolNumber.lcp, end })
  expect(extentOf(frame.slice(0, -1))).toBeUndefined()
})

test('a packet that states no length has no extent', () => {
  expect(extentOf(encodeFrame(PppProtocolNumber.compressed, PACKET))).toBeUndefined()
  expect(extentOf(encodeFrame(PppProtocolNumber.lcp, Uint8Array.of(1, 1, 0, 3)))).toBeUndefined()
  expect(extentOf(new Uint8Array(0))).toBeUndefined()
})
