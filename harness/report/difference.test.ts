import { expect, test } from 'vitest'
import type { Finding, Verdict } from '../scenario/verdict.ts'
import { compareResults } from './difference.ts'
import type { ScenarioFinished } from './tally.ts'

function finished(
  scenario: string,
  verdict: Verdict,
  ...findings: [string, Finding['verdict'], string][]
): ScenarioFinished {
  return {
    at: 0,
    kind: 'scenario-finished',
    implementation: 'x',
    lane: 0,
    comparison: { kind: 'as-expected' },
    result: {
      scenario,
      purpose: 'p',
      verdict,
      duration: Math.random(),
      findings: findings.map(([requirement, found, seen]) => ({
        requirement,
        verdict: found,
        expected: 'e',
        seen,
      })),
    },
  }
}

test('the same verdicts do not differ, whatever the wording and the time', () => {
  const left = [
    finished('a', 'fail', ['1/x', 'fail', 'identifier 5']),
    finished('b', 'pass', ['1/y', 'pass', 'ok']),
  ]
  const right = [
    finished('a', 'fail', ['1/x', 'fail', 'identifier 7']),
    finished('b', 'pass', ['1/y', 'pass', 'fine']),
  ]
  expect(compareResults(left, right)).toEqual({
    scenarios: [],
    requirements: [],
    only: { left: [], right: [] },
    common: 2,
  })
})

test('another verdict, another requirement, and a case of one side are told', () => {
  const left = [
    finished('a', 'pass', ['1/x', 'pass', 'ok']),
    finished('b', 'warn', ['1/y', 'warn', 'late']),
    finished('c', 'pass', ['1/z', 'pass', 'ok']),
  ]
  const right = [
    finished('a', 'fail', ['1/x', 'fail', 'nothing']),
    finished('b', 'warn', ['1/w', 'warn', 'never']),
  ]
  const { scenarios, requirements, only, common } = compareResults(left, right)
  expect(scenarios).toEqual([
    { id: 'a', left: 'pass', right: 'fail', rightSeen: 'nothing' },
    { id: 'b', left: 'warn', right: 'warn', leftSeen: 'late', rightSeen: 'never' },
  ])
  expect(requirements.map(({ id, left, right }) => [id, left, right])).toEqual([
    ['1/w', undefined, 'warn'],
    ['1/x', 'pass', 'fail'],
    ['1/y', 'warn', undefined],
    ['1/z', 'pass', undefined],
  ])
  expect(only).toEqual({ left: ['c'], right: [] })
  expect(common).toBe(2)
})
