import { expect, test } from 'vitest'
import { caseHeading } from './case-text.ts'
import { counted } from './columns.ts'
import { tallyOf } from './tally.ts'
import {
  asExpected,
  NO_BASELINE,
  RUN_STARTED,
  runFinished,
  scenarioFinished,
  unexpected,
  watched,
} from './testing/run.ts'
import { comparisonInWords, duration, overall, placesOf } from './words.ts'

test.each([
  [0, '0 ms'],
  [999.4, '999 ms'],
  [1000, '1.0 s'],
  [59_940, '59.9 s'],
  [60_000, '1 min 00 s'],
  [3_725_000, '62 min 05 s'],
])('%s ms are %s', (ms, text) => {
  expect(duration(ms)).toBe(text)
})

test('counts', () => {
  expect([0, 1, 2].map((count) => counted(count, 'cause'))).toEqual(['0 causes', '1 cause', '2 causes'])
  expect(placesOf({ cases: [], monitors: [] })).toBe('')
  expect(placesOf({ cases: ['a', 'b'], monitors: ['m'] })).toBe('2 cases, 1 monitor')
  expect(placesOf({ cases: [], monitors: ['m', 'n'] })).toBe('2 monitors')
})

test.each([
  [[], 'The run did not finish'],
  [[runFinished(0)], 'As expected'],
  [[runFinished(1, 'one thing\nand its details')], 'Not as expected: one thing'],
  [[runFinished(1, 'one', 'two')], 'Not as expected: 2 reasons, see above'],
  [[runFinished(2, 'why')], 'Nothing could be run as asked: why'],
  [[runFinished(3, 'no engine')], 'The harness or its environment is at fault: no engine'],
  [[{ ...runFinished(3, 'interrupted: SIGINT'), interrupted: 'SIGINT' }], 'Interrupted (SIGINT)'],
  [
    [{ ...runFinished(3, 'fail of 1/x', 'interrupted: SIGINT'), interrupted: 'SIGINT' }],
    'Interrupted (SIGINT): fail of 1/x',
  ],
  [[runFinished(1, 'x\u001b[2J')], 'Not as expected: x\\x1b[2J'],
])('the result of a run in one line (%#)', (events, text) => {
  expect(overall(tallyOf([RUN_STARTED, ...events]), ', see above')).toBe(text)
})

test('the comparison of a result with the baseline', () => {
  const titles = new Map([['swapped', 'It swaps the Identifier']])
  const said = (comparison: typeof NO_BASELINE) => comparisonInWords(comparison, titles)
  expect(said(NO_BASELINE)).toBe('no baseline')
  expect(said(asExpected())).toBe('as expected')
  expect(said(asExpected({ swapped: ['2.6/identifier'], unknown: ['1/x'] }))).toBe(
    'expected: swapped (It swaps the Identifier); unknown',
  )
  expect(said(unexpected({ fresh: ['1/x'], expected: 'pass', seen: 'fail of 1/x' }))).toBe(
    'NOT expected: the baseline has pass, seen fail of 1/x',
  )
})

test('the heading of a case has its verdict, reason, baseline, and findings of monitors', () => {
  const heading = caseHeading(
    scenarioFinished(
      { scenario: 'a/b@recipient', verdict: 'inconclusive', reason: 'no\u001b reply' },
      asExpected({ mute: [] }),
      'pptpd',
      { watched: [watched('call-ids', '2.7/id', { seen: 'Call ID 0\u0007' })] },
    ),
    new Map([['mute', 'It answers nothing']]),
  )
  expect(heading).toEqual([
    'pptpd a/b@recipient: inconclusive',
    'a purpose',
    'reason: no\\x1b reply',
    'baseline: expected: mute (It answers nothing)',
    'monitor call-ids: fail of 2.7/id: seen Call ID 0\\x07',
  ])
})
