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

test('other words, times and orders are no difference', () => {
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
])('%s in one of the rounds makes the case unstable, and nothing else', (_, other) => {
  const usual = round([result('a', 'fail', 'fail 1/x')], [result('b', 'pass')])
  expect(unstable(usual, round([other], [result('b', 'pass')]), usual)).toEqual({ ...STABLE, cases: ['a'] })
})

test('a case that was not played in every round is unstable', () => {
  const b = round([result('b', 'pass')])
  expect(unstable(b, [...b, ...round([result('a', 'pass')])])).toEqual({ ...STABLE, cases: ['a'] })
})

test('a monitor and its cause are unstable where the cases are not', () => {
  const one = round([result('b', 'pass'), watchedFinding('eye: warn 2/a')])
  const other = round([result('b', 'pass'), watchedFinding('eye: pass 2/a')])
  expect(unstable(one, other)).toEqual({ cases: [], monitors: ['eye 2/a'], causes: ['blind'] })
})

test('what a monitor finds in an unstable case is put down to the case', () => {
  const one = round([result('a', 'fail', 'fail 1/x'), watchedFinding('eye: warn 2/a')])
  expect(unstable(one, round([result('a', 'pass')]))).toEqual({ ...STABLE, cases: ['a'] })
})

test('in words, of many names the first five', () => {
  const cases = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
  expect(unstableInWords({ cases, monitors: ['eye 2/a'], causes: [] })).toBe(
    'cases a, b, c, d, e and 2 more; monitors eye 2/a',
  )
  expect(countUnstable({ cases, monitors: ['eye 2/a'], causes: [] })).toBe(8)
  expect(unstableInWords(STABLE)).toBe('')
})
