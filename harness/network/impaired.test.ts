import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { UsageError } from '../errors/errors.ts'
import { type Impairment, type ImpairmentDecision, impaired } from './impaired.ts'
import { createSimulatedNetwork } from './simulated.ts'
import { createVirtualClock } from './virtual-clock.ts'

const HERE = '10.0.0.1'
const THERE = '10.0.0.2'
const COUNT = 1_000

interface Outcome {
  /** The numbers of the packets, in the order of arrival, and when each arrived. */
  readonly arrived: { readonly index: number; readonly at: number }[]
  readonly decisions: ImpairmentDecision[]
}

/**
 * Sends numbered packets, one each ms, through an impairment at the sender (send) or at the
 * receiver (receive).
 */
async function play(seed: number, direction: 'send' | 'receive', impairment: Impairment): Promise<Outcome> {
  const clock = createVirtualClock()
  const world = createSimulatedNetwork({ clock, latency: 1 })
  const decisions: ImpairmentDecision[] = []
  const plan = {
    seed,
    [direction]: impairment,
    onImpairment: (decision: ImpairmentDecision) => decisions.push(decision),
  }
  const wrap = (network: ReturnType<typeof world.host>, here: 'send' | 'receive') =>
    here === direction ? impaired(network, plan) : network
  const from = await wrap(world.host(HERE), 'send').openGre(THERE)
  const to = await wrap(world.host(THERE), 'receive').openGre(HERE)
  const arrived: Outcome['arrived'] = []
  to.onPacket((packet) => {
    arrived.push({ index: new DataView(packet.buffer, packet.byteOffset).getUint16(0), at: clock.now() })
  })
  await clock.run(
    (async () => {
      const packet = new Uint8Array(2)
      for (let index = 0; index < COUNT; index++) {
        // The buffer is used for every packet, so a packet that is kept must be copied.
        new DataView(packet.buffer).setUint16(0, index)
        from.send(packet)
        await clock.sleep(1)
      }
      await clock.sleep(1_000)
    })(),
  )
  return { arrived, decisions }
}

const all = Array.from({ length: COUNT }, (_, index) => index)
const directions = ['send', 'receive'] as const

describe.each(directions)('impairment (%s)', (direction) => {
  const indices = (outcome: Outcome, action: ImpairmentDecision['action']): number[] =>
    outcome.decisions.filter((decision) => decision.action === action).map((decision) => decision.index)

  it('leaves everything alone when nothing is asked for', async () => {
    const outcome = await play(1, direction, {})
    expect(outcome.arrived.map(({ index }) => index)).toEqual(all)
    expect(outcome.arrived.every(({ index, at }) => at === index + 1)).toBe(true)
    expect(outcome.decisions).toEqual([])
  })

  it('does the same again with the same seed, and something else with another', async () => {
    const impairment = { loss: 0.1, duplication: 0.1, reordering: 0.1, delay: 3, jitter: 7 }
    const first = await play(7, direction, impairment)
    expect(await play(7, direction, impairment)).toEqual(first)
    expect((await play(8, direction, impairment)).arrived).not.toEqual(first.arrived)
  })

  it('loses exactly what it reports, at about the rate', async () => {
    const outcome = await play(2, direction, { loss: 0.2 })
    const lost = new Set(indices(outcome, 'lose'))
    expect(outcome.arrived.map(({ index }) => index)).toEqual(all.filter((index) => !lost.has(index)))
    expect(lost.size).toBeGreaterThan(150)
    expect(lost.size).toBeLessThan(250)
  })

  it('duplicates exactly what it reports', async () => {
    const outcome = await play(3, direction, { duplication: 0.2 })
    const twice = new Set(indices(outcome, 'duplicate'))
    expect(twice.size).toBeGreaterThan(150)
    expect(outcome.arrived.map(({ index }) => index)).toEqual(
      all.flatMap((index) => (twice.has(index) ? [index, index] : [index])),
    )
  })

  it('delivers a reordered packet after its successor', async () => {
    const outcome = await play(4, direction, { reordering: 0.2 })
    const held = indices(outcome, 'reorder')
    expect(held.length).toBeGreaterThan(100)
    const order = all.slice()
    for (const index of held.filter((index) => index < COUNT - 1)) {
      order[index] = index + 1
      order[index + 1] = index
    }
    expect(outcome.arrived.map(({ index }) => index)).toEqual(order)
  })

  it('releases a held packet after `hold` when no packet follows', async () => {
    const outcome = await play(5, direction, { reordering: 1, hold: 30 })
    // Packets 0, 2, 4, ... are held, each until the next one passes, so all arrive in the end.
    expect(outcome.arrived.map(({ index }) => index).slice(0, 4)).toEqual([1, 0, 3, 2])
    const sparse = await play(5, direction, { reordering: 1, hold: 0.5 })
    expect(sparse.arrived.map(({ index }) => index)).toEqual(all)
    expect(sparse.arrived[0]?.at).toBe(1.5)
  })

  it('delays by what it reports, between delay and delay + jitter', async () => {
    const outcome = await play(6, direction, { delay: 5, jitter: 10 })
    const by = new Map(outcome.decisions.map((decision) => [decision.index, decision.by]))
    expect(outcome.arrived.length).toBe(COUNT)
    for (const { index, at } of outcome.arrived) {
      const delay = by.get(index) ?? Number.NaN
      expect(delay).toBeGreaterThanOrEqual(5)
      expect(delay).toBeLessThan(15)
      expect(at).toBeCloseTo(index + 1 + delay, 9)
    }
    expect(outcome.arrived.map(({ index }) => index)).not.toEqual(all)
  })

  it('makes the decisions of one rate independent of the other rates', async () => {
    const alone = await play(9, direction, { loss: 0.2 })
    const together = await play(9, direction, { loss: 0.2, duplication: 0.5, reordering: 0.3, jitter: 4 })
    expect(indices(together, 'lose')).toEqual(indices(alone, 'lose'))
  })

  it('never loses or invents a packet beyond what it reports', () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer(),
        fc.record({
          loss: fc.double({ min: 0, max: 1, noNaN: true }),
          duplication: fc.double({ min: 0, max: 1, noNaN: true }),
          reordering: fc.double({ min: 0, max: 1, noNaN: true }),
          jitter: fc.nat({ max: 20 }),
        }),
        async (seed, impairment) => {
          const outcome = await play(seed, direction, impairment)
          const lost = new Set(indices(outcome, 'lose'))
          const twice = new Set(indices(outcome, 'duplicate'))
          const expected = all.flatMap((index) =>
            lost.has(index) ? [] : twice.has(index) ? [index, index] : [index],
          )
          expect(outcome.arrived.map(({ index }) => index).sort((a, b) => a - b)).toEqual(expected)
        },
      ),
      { numRuns: 10 },
    ))
})

describe('an impaired network', () => {
  it('gives each socket a sequence of its own', async () => {
    const clock = createVirtualClock()
    const world = createSimulatedNetwork({ clock })
    const decisions: ImpairmentDecision[] = []
    const network = impaired(world.host(HERE), {
      seed: 1,
      send: { loss: 0.5 },
      onImpairment: (decision) => decisions.push(decision),
    })
    const sockets = await Promise.all([network.openGre(THERE), network.openGre(THERE)])
    for (let count = 0; count < 64; count++) for (const socket of sockets) socket.send(new Uint8Array(8))
    const lost = (socket: number): number[] =>
      decisions.filter((decision) => decision.socket === socket).map((decision) => decision.index)
    expect(lost(0).length).toBeGreaterThan(10)
    expect(lost(1).length).toBeGreaterThan(10)
    expect(lost(0)).not.toEqual(lost(1))
  })

  it('drops packets under way when a socket closes', async () => {
    const clock = createVirtualClock()
    const world = createSimulatedNetwork({ clock })
    const socket = await impaired(world.host(HERE), { seed: 1, send: { delay: 5 } }).openGre(THERE)
    const peer = await world.host(THERE).openGre(HERE)
    let seen = 0
    peer.onPacket(() => seen++)
    socket.send(new Uint8Array(8))
    socket.close()
    socket.send(new Uint8Array(8))
    await clock.run(clock.sleep(100))
    expect(seen).toBe(0)
  })

  it.each([
    { loss: -0.1 },
    { loss: 1.1 },
    { duplication: Number.NaN },
    { reordering: 2 },
    { delay: -1 },
    { jitter: Number.POSITIVE_INFINITY },
    { hold: Number.NaN },
  ])('refuses %j', (impairment) => {
    const network = createSimulatedNetwork({ clock: createVirtualClock() }).host(HERE)
    expect(() => impaired(network, { seed: 1, send: impairment })).toThrow(UsageError)
    expect(() => impaired(network, { seed: 1, receive: impairment })).toThrow(UsageError)
  })
})
