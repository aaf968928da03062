import { expect, test } from 'vitest'
import type { ScenarioResult, WatchedFinding } from '../scenario/verdict.ts'
import { expectationsOf } from './baseline.ts'
import { compareResult } from './compare.ts'
import type { Recorded } from './recorded.ts'
import { countUnstable, unstableIn, unstableInWords } from './stability.ts'
import { baselineOf, cause, finding, result, watchedFinding } from './testing/results.ts'

const KNOWN = expectationsOf(
  baselineOf(
    cause('late', [{ case: 'a', fail: ['1/x'] }]),
    cause('blind', [], [{ monitor: 'eye', warn: ['2/a'] }]),
  ),
)

function round(...played: readonly (readonly [ScenarioResult, ...WatchedFinding[]])[]): readonly Recorded[] {
  return played.map(([one, ...watched]) => ({
    result: one,
    watched,
    frames: {},
    comparison: compareResult(one, KNOWN),
  }))
}

const unstable = (...rounds: readonly (readonly Recorded[])[]) => unstableIn(rounds, KNOWN)
const STABLE = { cases: [], monitors: [], causes: [] }

test('one round cannot be unstable, nor can several that agree', () => {
  const one = round([result('a', 'fail', 'fail 1/x'), watchedFinding('eye: warn 2/a')])
  expect(unstable(one)).toEqual(STABLE)
  expect(unstable(one, one, one)).toEqual(STABLE)
})

test('other texts, times and orders do not count as a difference', () => {
  const one = round([result('a', 'fail', 'fail 1/x', 'warn 1/y')])
  const other = round([
    { ...result('a', 'fail', 'warn 1/y', finding('fail 1/x', { seen: 'other', entry: 7 })), duration: 99 },
  ])
  expect(unstable(one, other)).toEqual(STABLE)
})

test.each([
  ['another verdict', result('a', 'inconclusive')],
  ['another requirement', result('a', 'fail', 'fail 1/y')],
  ['a requirement more', result('a', 'fail', 'fail 1/x', 'warn 1/y')],
  ['the same requirement with another verdict', result('a', 'fail', 'warn 1/x', 'fail 1/q')],
])('%s in one of the rounds makes only that case unstable', (_, other) => {
  const usual = round([result('a', 'fail', 'fail 1/x')], [result('b', 'pass')])
  expect(unstable(usual, round([other], [result('b', 'pass')]), usual)).toEqual({ ...STABLE, cases: ['a'] })
})

test('a case that was not played in every round is unstable', () => {
  const b = round([result('b', 'pass')])
  expect(unstable(b, [...b, ...round([result('a', 'pass')])])).toEqual({ ...STABLE, cases: ['a'] })
})

test('a monitor and its cause can be unstable while all cases are stable', () => {
  const one = round([result('b', 'pass'), watchedFinding('eye: warn 2/a')])
  const other = round([result('b', 'pass'), watchedFinding('eye: pass 2/a')])
  expect(unstable(one, other)).toEqual({ cases: [], monitors: ['eye 2/a'], causes: ['blind'] })
})

test('findings of monitors in an unstable case do not make the monitor unstable', () => {
  const one = round([result('a', 'fail', 'fail 1/x'), watchedFinding('eye: warn 2/a')])
  expect(unstable(one, round([result('a', 'pass')]))).toEqual({ ...STABLE, cases: ['a'] })
})

test('the text lists the first five of many names', () => {
  const cases = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
  expect(unstableInWords({ cases, monitors: ['eye 2/a'], causes: [] })).toBe(
    'cases a, b, c, d, e and 2 more; monitors eye 2/a',
  )
  expect(countUnstable({ cases, monitors: ['eye 2/a'], causes: [] })).toBe(8)
  expect(unstableInWords(STABLE)).toBe('')
})
