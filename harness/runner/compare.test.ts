import { describe, expect, test } from 'vitest'
import { expectationsOf } from './baseline.ts'
import { brokenIn, compareResult, compareSum } from './compare.ts'
import { baselineOf, cause, finding, result } from './testing/results.ts'

const KNOWN = expectationsOf(
  baselineOf(
    cause(
      'late',
      [
        { case: 'a/one', fail: ['1/x'], warn: ['1/y'] },
        { case: 'a/many#*', warn: ['3/*'] },
      ],
      [{ monitor: 'eye', warn: ['2/a'] }],
    ),
    cause('deaf', [
      { case: 'a/one@recipient', fail: ['1/z'] },
      { case: 'b/stuck', inconclusive: true },
    ]),
  ),
)

describe('a result is as expected when', () => {
  test.each([
    ['it passes and no cause claims anything', result('q/q@recipient', 'pass', 'pass 1/x'), []],
    [
      'exactly the claimed requirements are broken',
      result('a/one@recipient', 'fail', 'fail 1/x', 'warn 1/y', 'fail 1/z', 'pass 2/a'),
      [
        { cause: 'late', requirements: ['1/x', '1/y'] },
        { cause: 'deaf', requirements: ['1/z'] },
      ],
    ],
    [
      'a cause claims the gravest of several findings of a requirement',
      result('a/one@originator', 'fail', 'warn 1/x', 'fail 1/x', 'pass 1/x', 'warn 1/y'),
      [{ cause: 'late', requirements: ['1/x', '1/y'] }],
    ],
    [
      'globs name the case and the requirements',
      result('a/many#v=1@recipient', 'warn', 'warn 3/p', 'warn 3/q'),
      [{ cause: 'late', requirements: ['3/p', '3/q'] }],
    ],
    [
      'it is inconclusive and a cause claims that',
      result('b/stuck@recipient', 'inconclusive'),
      [{ cause: 'deaf', requirements: [] }],
    ],
    ['it is skipped, whatever is claimed', result('a/one@recipient', 'skip'), []],
  ])('%s', (_, one, causes) => {
    expect(compareResult(one, KNOWN)).toEqual({ kind: 'as-expected', causes })
  })
})

describe('a result is unexpected when', () => {
  test.each([
    [
      'no cause claims a broken requirement',
      result('q/q@recipient', 'fail', 'fail 1/x', 'warn 1/y'),
      { causes: [], fresh: ['1/x', '1/y'], gone: [], expected: 'pass', seen: 'fail of 1/x, warn of 1/y' },
    ],
    [
      'it passes and a cause claims a violation',
      result('a/one@originator', 'pass', 'pass 1/x'),
      {
        causes: [],
        fresh: [],
        gone: [{ cause: 'late', what: ['1/x', '1/y'] }],
        expected: 'fail of 1/x, warn of 1/y',
        seen: 'pass',
      },
    ],
    [
      'a further requirement is broken',
      result('a/many#v=1@recipient', 'fail', 'warn 3/p', 'fail 1/x'),
      {
        causes: [{ cause: 'late', requirements: ['3/p'] }],
        fresh: ['1/x'],
        gone: [],
        expected: 'warn of 3/*',
        seen: 'fail of 1/x, warn of 3/p',
      },
    ],
    [
      'one of two causes no longer shows',
      result('a/one@recipient', 'fail', 'fail 1/x', 'warn 1/y'),
      {
        causes: [{ cause: 'late', requirements: ['1/x', '1/y'] }],
        fresh: [],
        gone: [{ cause: 'deaf', what: ['1/z'] }],
      },
    ],
    [
      'the same requirement is broken with another verdict',
      result('a/many#v=1@recipient', 'fail', 'fail 3/p'),
      { causes: [], fresh: ['3/p'], gone: [{ cause: 'late', what: ['3/*'] }] },
    ],
    [
      'it is inconclusive and no cause claims that',
      result('a/one@originator', 'inconclusive'),
      { fresh: ['inconclusive'], gone: [{ cause: 'late', what: ['1/x', '1/y'] }], seen: 'inconclusive' },
    ],
    [
      'it is no longer inconclusive',
      result('b/stuck@recipient', 'fail', 'fail 1/x'),
      { fresh: ['1/x'], gone: [{ cause: 'deaf', what: ['inconclusive'] }], expected: 'inconclusive' },
    ],
    [
      'it ended in an error, whatever is claimed',
      result('b/stuck@recipient', 'error'),
      { causes: [], fresh: ['error'], expected: 'inconclusive', seen: 'error' },
    ],
  ])('%s', (_, one, expected) => {
    expect(compareResult(one, KNOWN)).toMatchObject({ kind: 'unexpected', ...expected })
  })
})

test('without a baseline only a pass and a skip are as expected', () => {
  expect(compareResult(result('q/q', 'pass'), undefined).kind).toBe('as-expected')
  expect(compareResult(result('q/q', 'skip'), undefined).kind).toBe('as-expected')
  for (const verdict of ['warn', 'fail', 'inconclusive', 'error'] as const)
    expect(compareResult(result('q/q', verdict), undefined)).toEqual({ kind: 'no-baseline' })
})

test.each([
  ['kept', { monitor: 'eye', requirement: '2/a', verdict: 'pass' }, 'as-expected'],
  ['broken as claimed', { monitor: 'eye', requirement: '2/a', verdict: 'warn' }, 'as-expected'],
  ['broken more gravely', { monitor: 'eye', requirement: '2/a', verdict: 'fail' }, 'unexpected'],
  [
    'broken as claimed for another monitor',
    { monitor: 'ear', requirement: '2/a', verdict: 'warn' },
    'unexpected',
  ],
  ['another requirement', { monitor: 'eye', requirement: '2/b', verdict: 'warn' }, 'unexpected'],
] as const)('a sum of a monitor: %s', (_, sum, kind) => {
  expect(compareSum(sum, KNOWN).kind).toBe(kind)
  expect(compareSum(sum, undefined).kind).toBe(sum.verdict === 'pass' ? 'as-expected' : 'no-baseline')
})

test('each broken requirement counts once, with its gravest verdict', () => {
  const findings = ['warn 1/x', 'pass 1/y', 'fail 1/x', 'warn 1/x', 'warn 1/z'].map((one) => finding(one))
  expect([...brokenIn(findings)]).toEqual([
    ['1/x', 'fail'],
    ['1/z', 'warn'],
  ])
})
