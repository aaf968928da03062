import { describe, expect, test } from 'vitest'
import { SCENARIOS } from '../../suites/index.ts'
import { MONITORS } from '../../suites/monitors/index.ts'
import { HABIT_NAMES, HABITS } from '../reference/habits.ts'
import { casesOf } from '../scenario/scenario.ts'
import { explains, playStranger, strangerOf, withOneLess } from './stranger.ts'
import { proveStranger, type StrangerProof } from './strangers.ts'
import { isPrecise, summaryOf } from './strangers-summary.ts'

const CASES = new Map(SCENARIOS.flatMap(casesOf).map((one) => [one.id, one]))
const ECHO = 'echo/reply#identifier=1@recipient'

function play(id: string, stranger: Parameters<typeof playStranger>[1]) {
  const one = CASES.get(id)
  if (one === undefined) throw new Error(`no case ${id}`)
  return playStranger(one, stranger, MONITORS)
}

test('a seed always makes the same stranger, and different ones differ', () => {
  expect(strangerOf(7)).toEqual(strangerOf(7))
  const all = Array.from({ length: 50 }, (_, seed) => JSON.stringify(strangerOf(seed)))
  expect(new Set(all).size).toBeGreaterThan(45)
})

test('some strangers have habits only; the others two to four faults, each once', () => {
  const all = Array.from({ length: 200 }, (_, seed) => strangerOf(seed))
  expect(all.filter(({ faults }) => faults.length === 0).length).toBeGreaterThan(10)
  for (const { faults, habits } of all) {
    expect([0, 2, 3, 4]).toContain(faults.length)
    expect(new Set([...faults, ...habits]).size).toBe(faults.length + habits.length)
  }
})

test('there are at least 40 habits, each with the reason why it is lawful', () => {
  expect(HABIT_NAMES.length).toBeGreaterThanOrEqual(40)
  for (const name of HABIT_NAMES)
    expect(HABITS[name].lawful).toMatch(/section|interpretation|RFC|silent|its own/)
})

test('a fault explains what it breaks, and what follows from it, only', async () => {
  const { accusations } = await play(ECHO, { faults: ['echo-wrong-identifier'], habits: ['late'] })
  const one = accusations.find(({ requirement }) => requirement === '2.6/identifier')
  if (one === undefined) throw new Error('it does not show')
  expect(explains({ faults: ['echo-wrong-identifier'], habits: [] }, one)).toBe(true)
  expect(explains({ faults: ['gre-never-acknowledges'], habits: ['late'] }, one)).toBe(false)
})

test('a habit explains the warnings that it names, and no failure', () => {
  const [requirement = ''] = HABITS['many-connections-per-peer'].warned ?? []
  const warning = { requirement, verdict: 'warn', expected: 'one', seen: 'another' } as const
  const stranger = { faults: [], habits: ['many-connections-per-peer'] } as const
  expect(explains(stranger, warning)).toBe(true)
  expect(explains(stranger, { ...warning, verdict: 'fail' })).toBe(false)
})

test('leaving out one fault or habit gives every stranger with one less', () => {
  const stranger = { faults: ['gre-never-acknowledges'], habits: ['late', 'one-call'] } as const
  expect(withOneLess(stranger).map(({ faults, habits }) => [...faults, ...habits])).toEqual([
    ['late', 'one-call'],
    ['gre-never-acknowledges', 'one-call'],
    ['gre-never-acknowledges', 'late'],
  ])
})

describe('what strangers come to', () => {
  const right: StrangerProof = {
    seed: 1,
    plays: 3,
    accusations: 200,
    falseAccusations: [],
    shown: ['gre-never-acknowledges'],
    hidden: [],
    missed: [],
  }
  const accusation = {
    requirement: '2.6/identifier',
    verdict: 'fail',
    expected: 'one',
    seen: 'another',
    case: ECHO,
    stranger: { faults: [], habits: ['late'] },
  } as const

  test('is precise where everything is explained', () => {
    const summary = summaryOf([right])
    expect(summary).toMatchObject({ precision: 1, recall: 1, accusations: 200 })
    expect(isPrecise(summary)).toBe(true)
  })

  test('is not where one accusation in a hundred is false; those with one cause are told once', () => {
    const wrong = [1, 2].map((seed) => ({ ...accusation, seed }))
    const summary = summaryOf([{ ...right, falseAccusations: wrong }])
    expect(summary.precision).toBeCloseTo(0.99)
    expect(isPrecise(summary)).toBe(false)
    expect(summary.falseAccusations).toMatchObject([{ requirement: '2.6/identifier', count: 2 }])
  })

  test('is not where faults go unnoticed', () => {
    const missed = {
      seed: 1,
      fault: 'gre-never-acknowledges',
      stranger: accusation.stranger,
      case: ECHO,
    } as const
    expect(isPrecise(summaryOf([{ ...right, shown: [], missed: [missed] }]))).toBe(false)
  })
})

test('strangers of fixed seeds are accused of nothing that their faults do not explain', async () => {
  const plan = { cases: CASES, showing: {}, monitors: MONITORS, besides: 12 }
  const proofs: StrangerProof[] = []
  for (let seed = 100; seed < 120; seed++) proofs.push(await proveStranger(seed, plan))
  expect(proofs.flatMap(({ falseAccusations }) => falseAccusations)).toEqual([])
})
