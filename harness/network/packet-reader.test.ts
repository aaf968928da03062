import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { addressOctets } from '../protocol/ip.ts'
import { AF_INET, IPPROTO_GRE, type Libc, libc, MSG_DONTWAIT, SOCK_RAW } from './libc.ts'
import { createPacketReader, type PacketReader } from './packet-reader.ts'
import { canOpenRawGre, openSocketTo } from './raw-gre.ts'
import { loopbackAddresses } from './testing/loopback.ts'

const [HERE, ...SENDERS] = loopbackAddresses()
const IP_HEADER = 20
const ability = canOpenRawGre()
const missing = ability.ok || process.env.PPTPSPEC_REQUIRE_RAW === '1' ? undefined : ability.reason

/** A libc without `recvmmsg`. */
function lacking(sys: Libc): Libc {
  return { ...sys, recvmmsg: undefined }
}

/** A kernel that refuses `recvmmsg` although libc has it. */
function refusing(sys: Libc): Libc {
  return { ...sys, recvmmsg: () => -1, errno: () => 'ENOSYS' }
}

describe.skipIf(missing !== undefined)(
  `reading packets${missing === undefined ? '' : ` (${missing})`}`,
  () => {
    const open: number[] = []
    const kept = (fd: number): number => {
      open.push(fd)
      return fd
    }
    afterEach(() => {
      for (const fd of open.splice(0)) libc().close(fd)
    })

    /** A socket that receives the GRE packets of every sender. */
    const receiver = (): number => {
      const fd = kept(libc().socket(AF_INET, SOCK_RAW, IPPROTO_GRE))
      const address = Uint8Array.of(AF_INET, 0, 0, 0, ...addressOctets(HERE), 0, 0, 0, 0, 0, 0, 0, 0)
      expect(libc().bind(fd, address, address.length)).toBe(0)
      return fd
    }
    const sender = (from: string): ((octets: Uint8Array) => void) => {
      const fd = kept(openSocketTo(HERE, from))
      return (octets) => expect(libc().send(fd, octets, octets.length, MSG_DONTWAIT)).toBe(octets.length)
    }
    /** The packets of the last read: source address and IP payload of each. */
    const packetsIn = (reader: PacketReader, count: number): { from: string; octets: number[] }[] =>
      reader.slots.slice(0, count).map((slot, at) => ({
        from: slot.subarray(12, 16).join('.'),
        octets: [...slot.subarray(IP_HEADER, reader.length(at))],
      }))

    it('reads packets with one call, each with its own source and octets', () => {
      const fd = receiver()
      const senders = SENDERS.map((from) => ({ from, send: sender(from) }))
      const packets = fc.array(
        fc.record({
          sender: fc.constantFrom(...senders),
          octets: fc.uint8Array({ minLength: 1, maxLength: 200 }),
        }),
        { minLength: 1, maxLength: 20 },
      )
      const reader = createPacketReader(libc(), { packets: 8, octets: 256 })
      expect(reader.slots).toHaveLength(8)
      fc.assert(
        fc.property(packets, (sent) => {
          for (const { sender, octets } of sent) sender.send(octets)
          const seen: unknown[] = []
          for (let left = sent.length; left > 0; left -= 8) {
            const count = reader.read(fd)
            expect(count).toBe(Math.min(8, left))
            seen.push(...packetsIn(reader, count))
          }
          expect(seen).toEqual(sent.map(({ sender, octets }) => ({ from: sender.from, octets: [...octets] })))
          expect(reader.read(fd)).toBe(-1)
        }),
      )
    })

    it('cuts off a packet that is longer than its slot, and leaves its neighbours as they are', () => {
      const fd = receiver()
      const [from = ''] = SENDERS
      const send = sender(from)
      const reader = createPacketReader(libc(), { packets: 4, octets: 100 })
      for (const [value, size] of [
        [1, 80],
        [2, 3_000],
        [3, 81],
        [4, 7],
      ] as const)
        send(new Uint8Array(size).fill(value))
      expect(reader.read(fd)).toBe(4)
      expect(packetsIn(reader, 4)).toEqual([
        { from, octets: new Array(80).fill(1) },
        { from, octets: new Array(80).fill(2) },
        { from, octets: new Array(80).fill(3) },
        { from, octets: new Array(7).fill(4) },
      ])
    })

    it('reads the longest packet that IP carries', () => {
      const fd = receiver()
      const octets = Uint8Array.from({ length: 65_515 }, (_, at) => at % 251)
      sender(SENDERS[0])(octets)
      const reader = createPacketReader(libc(), { packets: 3, octets: 65_535 })
      expect(reader.read(fd)).toBe(1)
      expect(
        Buffer.compare(reader.slots[0]?.subarray(IP_HEADER, reader.length(0)) ?? octets.subarray(1), octets),
      ).toBe(0)
    })

    it.each([
      ['EAGAIN when no packet waits', () => receiver(), 'EAGAIN'],
      ['EBADF for a descriptor that is not open', () => -1, 'EBADF'],
    ])('leaves %s', (_, descriptor, code) => {
      for (const sys of [libc(), lacking(libc())]) {
        const reader = createPacketReader(sys, { packets: 4, octets: 100 })
        expect(reader.read(descriptor())).toBe(-1)
        expect(sys.errno()).toBe(code)
      }
    })

    it.each([
      ['libc lacks recvmmsg', lacking],
      ['the kernel refuses recvmmsg', refusing],
    ])('reads packets one by one where %s', (_, without) => {
      const fd = receiver()
      const [one, other] = SENDERS
      sender(one)(Uint8Array.of(1, 2, 3))
      sender(other)(new Uint8Array(500).fill(4))
      const reader = createPacketReader(without(libc()), { packets: 8, octets: 100 })
      expect(reader.slots).toHaveLength(1)
      expect(reader.read(fd)).toBe(1)
      expect(packetsIn(reader, 1)).toEqual([{ from: one, octets: [1, 2, 3] }])
      expect(reader.read(fd)).toBe(1)
      expect(packetsIn(reader, 1)).toEqual([{ from: other, octets: new Array(80).fill(4) }])
      expect(reader.read(fd)).toBe(-1)
    })
  },
)
