import { describe, expect, test } from 'vitest'
import { SCENARIOS } from '../../suites/index.ts'
import { MONITORS } from '../../suites/monitors/index.ts'
import type { MutantName } from '../reference/mutants.ts'
import type { Catalogue } from '../scenario/requirement.ts'
import { casesOf, createScenarios } from '../scenario/scenario.ts'
import { timeInThreads } from './prove-workers.ts'
import { drawnPace, timeCase, timeCases } from './timing.ts'

const CATALOGUE = {
  'x/at-once': { section: '2.6', page: 18, level: 'implied', binds: ['receiver'], text: 'At once.' },
} as const satisfies Catalogue

const scenario = createScenarios<keyof typeof CATALOGUE, MutantName>(CATALOGUE)

const hasty = scenario(
  {
    id: 'made-up/hasty',
    purpose: 'An Echo-Reply comes within 5 ms.',
    decides: ['x/at-once'],
    provenBy: ['echo-no-reply'],
    iut: 'recipient',
  },
  async (t) => {
    const control = await t.establish()
    control.send('Echo-Request', { identifier: 1 })
    const { kind } = await control.next(5)
    t.decide('x/at-once', { ok: kind === 'message', expected: 'a reply within 5 ms', seen: kind })
  },
)

const CASES = SCENARIOS.filter(({ id }) => id.startsWith('echo/')).flatMap(casesOf)

describe('drawn delivery times', () => {
  const delays = (seed: number, id: string): readonly number[] => {
    const pace = drawnPace(seed, id)
    return Array.from({ length: 200 }, (_, at) => {
      const [direction, protocol] = [at % 2 === 0 ? 'in' : 'out', at % 3 === 0 ? 'tcp' : 'gre'] as const
      return pace.delay(direction, protocol, at * 10)
    })
  }

  test('are the same for a seed and a case, and others for another', () => {
    expect(delays(1, 'a')).toEqual(delays(1, 'a'))
    expect(delays(1, 'a')).not.toEqual(delays(2, 'a'))
    expect(delays(1, 'a')).not.toEqual(delays(1, 'b'))
  })

  test('leave time for a reply: there and back take less than 900 ms', () => {
    const seeds = Array.from({ length: 50 }, (_, seed) => seed)
    for (const half of [0, 1])
      expect(
        Math.max(...seeds.flatMap((seed) => delays(seed, 'a').filter((_, at) => at % 2 === half))),
      ).toBeLessThan(450)
  })

  test('cut octets in two, and lose none', () => {
    const pace = drawnPace(1, 'a')
    const octets = Uint8Array.from({ length: 156 }, (_, at) => at)
    const all = Array.from({ length: 50 }, () => pace.segments?.(octets) ?? [])
    expect(new Set(all.map(({ length }) => length))).toEqual(new Set([1, 2]))
    for (const segments of all)
      expect(segments.flatMap((segment) => Array.from(segment))).toEqual(Array.from(octets))
  })
})

test('a verdict that hangs on time is a difference', async () => {
  const [one] = casesOf(hasty)
  if (one === undefined) throw new Error('no case')
  expect(await timeCase(one, { seeds: [1], monitors: [] })).toEqual([
    {
      case: 'made-up/hasty@recipient',
      seed: 1,
      was: {
        verdict: 'pass',
        findings: [
          { requirement: 'x/at-once', verdict: 'pass', expected: 'a reply within 5 ms', seen: 'message' },
        ],
      },
      is: {
        verdict: 'fail',
        findings: [
          { requirement: 'x/at-once', verdict: 'fail', expected: 'a reply within 5 ms', seen: 'silence' },
        ],
      },
    },
  ])
})

test('echoes have the same verdicts at all times, in this thread and in others', async () => {
  const plan = { seeds: [1, 2, 3], monitors: MONITORS }
  expect(await timeCases(CASES, plan)).toEqual([])
  expect(await timeInThreads(2)(CASES, plan)).toEqual([])
})
