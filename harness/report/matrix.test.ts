import { expect, it } from 'vitest'
import type { Verdict } from '../scenario/verdict.ts'
import { matricesOf, matrixLines } from './matrix.ts'
import { summaryMarkdown } from './summary.ts'
import { tallyOf } from './tally.ts'
import { implementationStarted, NO_BASELINE, RUN_STARTED } from './testing/run.ts'

function finished(implementation: string, scenario: string, verdict: Verdict, rate?: number) {
  const figures =
    rate === undefined ? {} : { figures: [{ name: 'to the client', value: rate, unit: 'Mbit/s' }] }
  return {
    at: 1_700_000_000_200,
    kind: 'scenario-finished' as const,
    implementation,
    lane: 0,
    result: { scenario, purpose: 'It works.', verdict, findings: [], duration: 10, ...figures },
    comparison: NO_BASELINE,
  }
}

const RUN = tallyOf([
  { ...RUN_STARTED, implementations: ['a-with-b', 'a-with-c'], paths: ['direct', 'nat'] },
  implementationStarted(['call/opens@direct'], 'a-with-b'),
  implementationStarted(['call/opens@direct'], 'a-with-c'),
  finished('a-with-b', 'call/opens@direct', 'pass'),
  finished('a-with-b', 'ping/size#octets=1400@direct', 'pass', 12.5),
  finished('a-with-b', 'ping/size#octets=1500@direct', 'fail'),
  finished('a-with-c', 'ping/size#octets=1400@direct', 'skip'),
  finished('a-with-c', 'ping/size#octets=1500@direct', 'skip'),
  finished('a-with-c', 'call/opens@nat', 'pass'),
])

it('says for each path which case works with which pair', () => {
  expect(matricesOf(RUN)).toEqual([
    {
      path: 'direct',
      pairs: ['a-with-b', 'a-with-c'],
      rows: [
        { name: 'call/opens', cells: ['✓', ''] },
        { name: 'ping/size', cells: ['1 ✗ fail, 1 ✓', '2 - skip'] },
      ],
      figures: [{ name: 'to the client, Mbit/s', cells: ['12.5', ''] }],
    },
    {
      path: 'nat',
      pairs: ['a-with-b', 'a-with-c'],
      rows: [{ name: 'call/opens', cells: ['', '✓'] }],
      figures: [],
    },
  ])
})

it('counts the working cases on a terminal', () => {
  expect(matrixLines(RUN)).toEqual([
    '',
    '  A  a-with-b',
    '  B  a-with-c',
    '',
    'on the path direct       A              B',
    '  ping/size              1 ✗ fail, 1 ✓  2 - skip',
    '  to the client, Mbit/s  12.5',
    '  and 1 case, all ✓',
    '',
    'on the path nat: 1 case, all ✓',
  ])
  expect(matrixLines(tallyOf([RUN_STARTED]))).toEqual([])
})

it('is part of the summary of a run', () => {
  const text = summaryMarkdown(RUN)
  expect(text).toMatch(/^# PPTP interoperability$/m)
  expect(text).toMatch(/^## On the path `nat`$/m)
  expect(text).toContain('| `ping/size` | 1 ✗ fail, 1 ✓ | 2 - skip |')
})
