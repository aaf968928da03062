import { expect, test } from 'vitest'
import { timingText } from './timing-text.ts'

test('says in one line that no verdict depends on time', () => {
  expect(timingText({ cases: 4, seeds: 1, differences: [], seconds: 1.26 })).toBe(
    '4 cases under 1 seed of delivery times: 0 differences, 1.3 s\nclean\n',
  )
})

test('says of each difference what was, what is, and what was found', () => {
  const text = timingText({
    cases: 2,
    seeds: 3,
    differences: [
      {
        case: 'made-up/echo@recipient',
        seed: 7,
        was: {
          verdict: 'pass',
          findings: [{ requirement: '2.6/identifier', verdict: 'pass', expected: '1', seen: '1' }],
        },
        is: {
          verdict: 'fail',
          findings: [{ requirement: '2.6/identifier', verdict: 'fail', expected: '1', seen: '2' }],
        },
      },
      {
        case: 'made-up/call@recipient',
        seed: 8,
        was: {
          verdict: 'pass',
          findings: [
            {
              requirement: '4.2.1/maximum-window',
              monitor: 'tunnel-window',
              verdict: 'fail',
              expected: '3',
              seen: '4',
            },
          ],
        },
        is: { verdict: 'inconclusive', reason: 'no call', findings: [] },
      },
    ],
    seconds: 2,
  })
  expect(text).toBe(
    [
      'made-up/echo@recipient, seed 7: was pass, is fail (2.6/identifier: expected 1, seen 2)',
      'made-up/call@recipient, seed 8: was pass, is inconclusive (no call; no longer 4.2.1/maximum-window by monitor tunnel-window: expected 3, seen 4)',
      '',
      '2 cases under 3 seeds of delivery times: 2 differences, 2.0 s',
      'not clean',
      '',
    ].join('\n'),
  )
})
