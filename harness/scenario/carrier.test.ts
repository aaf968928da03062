import { describe, expect, test } from 'vitest'
import type { GreSocket } from '../network/network.ts'
import { createSimulatedNetwork } from '../network/simulated.ts'
import { createVirtualClock } from '../network/virtual-clock.ts'
import { decodeGre, encodeGre, type GrePacket, grePacket } from '../protocol/gre.ts'
import { recordNetwork } from '../trace/recorder.ts'
import { type Carrier, createCarrier } from './carrier.ts'
import { createGreHub } from './tunnel.ts'

const IUT = '10.0.0.1'
const TESTER = '10.0.0.2'
/** Call IDs that the tester and the IUT assigned. */
const OURS = 7
const THEIRS = 9
/** Latency of the simulated network in ms. */
const LATENCY = 1

/** A packet as it reaches the IUT. */
interface Arrived {
  readonly packet: GrePacket
  /** When it reached the IUT, in ms since the test began. */
  readonly at: number
}

interface CarrierSetup {
  readonly carrier: Carrier
  /** What the carrier delivered: the first octet of each frame. */
  readonly delivered: readonly number[]
  /** What reached the IUT. */
  readonly arrived: readonly Arrived[]
  /** The IUT sends a packet for the tester's call. */
  answer(values: Partial<Omit<GrePacket, 'kind'>>): void
  sleep(ms: number): Promise<void>
}

interface Reactions {
  /** Called when the IUT gets a packet. */
  readonly arrives?: (packet: GrePacket, setup: CarrierSetup) => void
  /** Called when the carrier delivers a frame. */
  readonly delivers?: (frame: Uint8Array, setup: CarrierSetup) => void
}

/** Runs a carrier and, as the IUT, a bare GRE socket on a simulated network under virtual time. */
function withCarrier<T>(
  window: number,
  body: (setup: CarrierSetup) => Promise<T>,
  reactions: Reactions = {},
): Promise<T> {
  const clock = createVirtualClock()
  const world = createSimulatedNetwork({ clock, latency: LATENCY })
  const peer = world.host(IUT)
  const { network } = recordNetwork(world.host(TESTER), { startedAt: 0 })
  return clock.run(
    (async () => {
      const socket: GreSocket = await peer.openGre(TESTER)
      const hub = createGreHub(await network.openGre(IUT), clock)
      const arrived: Arrived[] = []
      const delivered: number[] = []
      const setup: CarrierSetup = {
        carrier: createCarrier({
          tunnel: hub.end(OURS, THEIRS, window),
          clock,
          deliver(frame) {
            delivered.push(frame[0] ?? -1)
            reactions.delivers?.(frame, setup)
          },
        }),
        delivered,
        arrived,
        answer: (values) => socket.send(encodeGre(grePacket({ callId: OURS, ...values }))),
        sleep: (ms) => clock.sleep(ms),
      }
      socket.onPacket((octets) => {
        const packet = decodeGre(octets)
        if (packet.kind !== 'gre') throw new Error(packet.reason)
        arrived.push({ packet, at: clock.now() })
        reactions.arrives?.(packet, setup)
      })
      setup.carrier.open()
      const found = await body(setup)
      setup.carrier.close()
      return found
    })(),
  )
}

function sendFrames({ carrier }: CarrierSetup, count: number): void {
  for (let at = 0; at < count; at++) carrier.send(Uint8Array.of(at & 0xff))
}

function dataIn(arrived: readonly Arrived[]): readonly (number | undefined)[] {
  return arrived.filter(({ packet }) => packet.payload.length > 0).map(({ packet }) => packet.sequenceNumber)
}

/** The IUT acknowledges a packet at once. */
function acknowledge({ sequenceNumber }: GrePacket, setup: CarrierSetup): void {
  setup.answer({ acknowledgmentNumber: sequenceNumber })
}

describe('packets that await acknowledgment', () => {
  test.each([
    [0, 1],
    [1, 1],
    [2, 1],
    [7, 4],
    [64, 32],
  ])('of a window of %d packets, %d are sent before any is acknowledged (4.2.1)', async (window, most) => {
    const sent = await withCarrier(window, async (setup) => {
      sendFrames(setup, 100)
      await setup.sleep(100)
      return dataIn(setup.arrived)
    })
    expect(sent).toEqual(Array.from({ length: most }, (_, sequence) => sequence))
  })

  test('an acknowledgment makes room for as many packets as it acknowledges, a repeated one for none', async () => {
    await withCarrier(8, async (setup) => {
      sendFrames(setup, 100)
      await setup.sleep(10)
      expect(dataIn(setup.arrived)).toHaveLength(4)
      setup.answer({ acknowledgmentNumber: 2 })
      await setup.sleep(10)
      expect(dataIn(setup.arrived)).toHaveLength(7)
      setup.answer({ acknowledgmentNumber: 2 })
      setup.answer({ acknowledgmentNumber: 0 })
      await setup.sleep(10)
      expect(dataIn(setup.arrived)).toHaveLength(7)
    })
  })

  test('may be one more after each acknowledged window, up to the maximum (4.2.3)', async () => {
    await withCarrier(6, async (setup) => {
      sendFrames(setup, 100)
      const underWay: number[] = []
      for (let taken = 0; taken < 24; ) {
        await setup.sleep(10)
        const sent = dataIn(setup.arrived).length
        underWay.push(sent - taken)
        setup.answer({ acknowledgmentNumber: sent - 1 })
        taken = sent
      }
      expect(underWay).toEqual([3, 4, 5, 6, 6])
    })
  })

  test('are never more than the window, and each is sent once', async () => {
    let underWay = 0
    let most = 0
    const seen = await withCarrier(
      5,
      async (setup) => {
        sendFrames(setup, 500)
        await setup.sleep(5_000)
        return { sent: dataIn(setup.arrived), unacknowledged: setup.carrier.unacknowledged() }
      },
      {
        arrives(packet, setup) {
          underWay++
          most = Math.max(most, underWay)
          void setup.sleep(20).then(() => {
            underWay--
            setup.answer({ acknowledgmentNumber: packet.sequenceNumber })
          })
        },
      },
    )
    expect(most).toBe(5)
    expect(seen).toEqual({ sent: Array.from({ length: 500 }, (_, sequence) => sequence), unacknowledged: 0 })
  })

  test('wait in a queue of 1024 frames; later ones are dropped (4.2.4)', async () => {
    const sent = await withCarrier(
      2,
      async (setup) => {
        sendFrames(setup, 3_000)
        await setup.sleep(10_000)
        return dataIn(setup.arrived)
      },
      { arrives: acknowledge },
    )
    expect(sent).toHaveLength(1 + 1024)
  })
})

describe('a packet that is not acknowledged', () => {
  test('is presumed lost after 500 ms, later after longer times, and is never sent again', async () => {
    const { times, sent, unacknowledged } = await withCarrier(1, async (setup) => {
      sendFrames(setup, 12)
      await setup.sleep(20_000)
      return {
        times: setup.arrived.map(({ at }) => at - (setup.arrived[0]?.at ?? 0)),
        sent: dataIn(setup.arrived),
        unacknowledged: setup.carrier.unacknowledged(),
      }
    })
    expect(sent).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
    // Round trips of 1, 2, 4 ms and so on: the ninth time-out is 2 x 256 ms.
    expect(times).toEqual([0, 500, 1_000, 1_500, 2_000, 2_500, 3_000, 3_500, 4_000, 4_512, 5_536, 7_584])
    expect(unacknowledged).toBe(12)
  })

  test('is presumed lost with all others, and then half as many may be sent, rounded up (4.2.2)', async () => {
    await withCarrier(10, async (setup) => {
      sendFrames(setup, 100)
      const counts: number[] = []
      for (let timeOuts = 0; timeOuts < 5; timeOuts++) {
        await setup.sleep(timeOuts === 0 ? 250 : 500)
        counts.push(dataIn(setup.arrived).length)
      }
      expect(counts).toEqual([5, 5 + 3, 5 + 3 + 2, 5 + 3 + 2 + 1, 5 + 3 + 2 + 1 + 1])
      expect(setup.carrier.unacknowledged()).toBe(5 + 3 + 2 + 1)
      setup.answer({ acknowledgmentNumber: 11 })
      await setup.sleep(10)
      expect(dataIn(setup.arrived)).toHaveLength(12 + 2)
    })
  })

  test('is presumed lost after twice the time of the latest acknowledgment', async () => {
    await withCarrier(1, async (setup) => {
      sendFrames(setup, 3)
      await setup.sleep(400)
      setup.answer({ acknowledgmentNumber: 0 })
      await setup.sleep(10)
      expect(dataIn(setup.arrived)).toEqual([0, 1])
      await setup.sleep(750)
      expect(dataIn(setup.arrived)).toEqual([0, 1])
      await setup.sleep(100)
      expect(dataIn(setup.arrived)).toEqual([0, 1, 2])
    })
  })
})

describe('a received packet', () => {
  const payload = (octet: number) => Uint8Array.of(octet)

  test('is delivered once and in order; late and repeated packets are dropped and counted (4.3)', async () => {
    await withCarrier(8, async (setup) => {
      for (const sequenceNumber of [0, 1, 3, 2, 3, 4])
        setup.answer({ sequenceNumber, payload: payload(sequenceNumber) })
      await setup.sleep(10)
      expect(setup.delivered).toEqual([0, 1, 3, 4])
      expect(setup.carrier.discarded()).toBe(2)
    })
  })

  test('is acknowledged at once, in a packet without payload if no data is waiting', async () => {
    await withCarrier(8, async (setup) => {
      setup.answer({ sequenceNumber: 0, payload: payload(1) })
      await setup.sleep(10)
      expect(setup.arrived.map(({ packet }) => [packet.acknowledgmentNumber, packet.payload[0]])).toEqual([
        [0, undefined],
      ])
    })
  })

  test('is acknowledged in the data packet that its delivery causes', async () => {
    await withCarrier(
      8,
      async (setup) => {
        setup.answer({ sequenceNumber: 0, payload: payload(1) })
        await setup.sleep(10)
        expect(setup.arrived.map(({ packet }) => [packet.acknowledgmentNumber, packet.payload[0]])).toEqual([
          [0, 1],
        ])
      },
      { delivers: (frame, { carrier }) => carrier.send(frame) },
    )
  })

  test('is neither delivered nor acknowledged once the carrier is closed', async () => {
    await withCarrier(8, async (setup) => {
      setup.carrier.close()
      setup.answer({ sequenceNumber: 0, payload: payload(1) })
      sendFrames(setup, 1)
      await setup.sleep(2_000)
      expect([setup.delivered, setup.arrived]).toEqual([[], []])
    })
  })
})
