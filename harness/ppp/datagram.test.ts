import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  decodeDatagram,
  encodeDatagram,
  encodeIcmpEcho,
  encodeUdp,
  IcmpType,
  IP_PROTOCOL_ICMP,
  IP_PROTOCOL_UDP,
  icmpEchoOf,
  icmpOf,
  udpOf,
} from './datagram.ts'

const ADDRESSES = { source: '198.18.1.1', destination: '198.18.0.1' }
const word = fc.nat(0xffff)
const octets = fc.uint8Array({ maxLength: 200 })
const echo = fc.record({
  type: fc.constantFrom(IcmpType.echoRequest, IcmpType.echoReply),
  identifier: word,
  sequence: word,
  data: octets,
})
const udp = fc.record({ sourcePort: word, destinationPort: word, data: octets })

function ping(payload: Uint8Array): Uint8Array {
  return encodeDatagram({ ...ADDRESSES, protocol: IP_PROTOCOL_ICMP, payload }, 1)
}

test('pings survive encoding and decoding, padded or not', () => {
  fc.assert(
    fc.property(echo, octets, (one, padding) => {
      const packet = decodeDatagram(Uint8Array.from([...ping(encodeIcmpEcho(one)), ...padding]))
      expect(packet && icmpEchoOf(packet)).toEqual(one)
    }),
  )
})

test('UDP survives encoding and decoding', () => {
  fc.assert(
    fc.property(udp, (one) => {
      const payload = encodeUdp(ADDRESSES, one)
      const packet = decodeDatagram(encodeDatagram({ ...ADDRESSES, protocol: IP_PROTOCOL_UDP, payload }, 1))
      expect(packet).toEqual({ ...ADDRESSES, protocol: IP_PROTOCOL_UDP, payload })
      expect(packet && udpOf(packet)).toEqual(one)
    }),
  )
})

test('a changed octet is found by a checksum', () => {
  fc.assert(
    fc.property(echo, fc.nat(), fc.integer({ min: 1, max: 255 }), (one, place, change) => {
      const whole = ping(encodeIcmpEcho(one))
      const at = place % whole.length
      whole[at] = (whole[at] ?? 0) ^ change
      const packet = decodeDatagram(whole)
      expect(packet && icmpEchoOf(packet)).toBeUndefined()
    }),
  )
})

test('no octets make a decoder throw', () => {
  fc.assert(
    fc.property(octets, fc.constantFrom(IP_PROTOCOL_ICMP, IP_PROTOCOL_UDP), (payload, protocol) => {
      decodeDatagram(payload)
      const packet = { ...ADDRESSES, protocol, payload }
      icmpOf(packet)
      icmpEchoOf(packet)
      udpOf(packet)
    }),
  )
})
