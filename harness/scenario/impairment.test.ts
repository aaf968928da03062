import { describe, expect, test } from 'vitest'
import type { PathImpairment } from '../network/impaired.ts'
import { createSimulatedNetwork } from '../network/simulated.ts'
import { createVirtualClock } from '../network/virtual-clock.ts'
import { caseSeed } from './case-seed.ts'
import { type Played, play } from './play.ts'
import { casesOf, createScenarios } from './scenario.ts'

const scenario = createScenarios<'4/arrives', 'none'>({
  '4/arrives': { section: '4', page: 1, level: 'implied', binds: ['recipient'], text: 'It arrives.' },
})
const IUT = '10.0.0.1'
const COUNT = 100
const LOSSY = { send: { loss: 0.5 }, receive: { loss: 0.1 } }

/**
 * A scenario that sends packets to a peer that returns them, and fails if any does not come back.
 */
function echoing(id: string, impairment?: PathImpairment) {
  return scenario(
    {
      id,
      purpose: 'Everything comes back.',
      decides: ['4/arrives'],
      provenBy: ['none'],
      iut: 'recipient',
      ...(impairment === undefined ? {} : { impairment }),
    },
    async (t) => {
      const hub = await t.openTunnel()
      const tunnel = hub.end(7, 7)
      let back = 0
      for (let index = 0; index < COUNT; index++) {
        tunnel.send(Uint8Array.of(index), { acknowledgmentPresent: 0, acknowledgmentNumber: undefined })
        if ((await tunnel.next(10)) !== undefined) back++
      }
      t.decide('4/arrives', { ok: back === COUNT, expected: `${COUNT} packets`, seen: `${back}` })
    },
  )
}

async function playOne(
  one: ReturnType<typeof echoing>,
  environment: { readonly seed?: number; readonly impairment?: PathImpairment } = {},
): Promise<Played> {
  const [only] = casesOf(one)
  if (only === undefined) throw new Error('a scenario has at least one case')
  const clock = createVirtualClock()
  const world = createSimulatedNetwork({ clock, latency: 1 })
  const echo = await world.host(IUT).openGre('10.0.0.2')
  echo.onPacket(echo.send)
  const timers = {
    request: 1_000,
    dial: 1_000,
    connect: 1_000,
    reply: 1_000,
    close: 1_000,
    call: 1_000,
    tunnel: 1_000,
    speed: 1,
  }
  const network = world.host('10.0.0.2')
  return clock.run(
    play(only, { network, address: IUT, timers, startedAt: 0, firstUnique: 1, ...environment }),
  )
}

describe('a scenario on an impaired path', () => {
  test('gets the same impairment from the same seed, and its result names the seed', async () => {
    const first = await playOne(echoing('a/b', LOSSY), { seed: 5 })
    expect(await playOne(echoing('a/b', LOSSY), { seed: 5 })).toEqual(first)
    expect((await playOne(echoing('a/b', LOSSY), { seed: 6 })).trace).not.toEqual(first.trace)
    expect((await playOne(echoing('a/c', LOSSY), { seed: 5 })).trace).not.toEqual(first.trace)
    expect(first.result.impairment).toMatch(/^of \d+ GRE packets \d+ lost; --seed 5 repeats this$/)
  })

  test('that it asked for is judged by its findings', async () => {
    const { result } = await playOne(echoing('a/b', LOSSY), { impairment: { send: { loss: 0 } } })
    expect(result.verdict).toBe('fail')
  })

  test('that it did not ask for is inconclusive instead of failing', async () => {
    const { result } = await playOne(echoing('a/b'), { seed: 5, impairment: LOSSY })
    expect(result).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringMatching(
        /^the impairment may have caused the violation of 4\/arrives: expected 100 packets, seen/,
      ),
      findings: [],
      impairment: expect.stringContaining('the same --impair with --seed 5 repeats this'),
    })
  })

  test('that impaired no packet keeps its verdict', async () => {
    const { result } = await playOne(echoing('a/b'), { impairment: { send: { loss: 0 } } })
    expect(result).toMatchObject({
      verdict: 'pass',
      impairment: expect.stringContaining('none was impaired'),
    })
    expect((await playOne(echoing('a/b'))).result).not.toHaveProperty('impairment')
  })

  test('is refused where it is declared, if a rate is not valid', () => {
    expect(() => echoing('a/b', { receive: { reordering: 2 } })).toThrow('The rate of reordering is 2')
  })
})

test('a case has a seed of its own, of 32 bits', () => {
  const seeds = new Set<number>()
  for (const run of [0, 1, 2, 0x1_0000, 0xffff_ffff])
    for (const id of ['a/b', 'a/c', 'a/b#x=1', 'a/b#x=2']) seeds.add(caseSeed(run, id))
  expect(seeds.size).toBe(20)
  for (const seed of seeds) expect(seed >>> 0).toBe(seed)
  expect(caseSeed(7, 'a/b')).toBe(caseSeed(7, 'a/b'))
})
