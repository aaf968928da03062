import { expect, test } from 'vitest'
import { fileIn, isQuiet, tallyOf } from './tally.ts'
import {
  asExpected,
  EVERYTHING,
  implementationStarted,
  NO_BASELINE,
  scenarioFinished,
  unexpected,
  watched,
} from './testing/run.ts'

test('counts the results of a run', () => {
  const [one] = tallyOf(EVERYTHING).implementations
  expect(one).toMatchObject({
    name: 'pptpd',
    counts: { skip: 1, pass: 3, warn: 1, fail: 2, inconclusive: 2, error: 1 },
    missing: ['lcp/slow@recipient'],
    stale: [{ cause: 'stop-old' }],
    unstable: { cases: ['echo/shaky@recipient'] },
    diagnoses: [{ cases: 1 }],
  })
  expect(one?.unexpected.map(({ result }) => result.scenario)).toEqual([
    'start/bad#cookie=0@recipient',
    'echo/fixed@recipient',
    'echo/lost@recipient',
    'echo/dead@recipient',
    'outgoing-call/accepted@recipient',
    'echo/shaky@recipient',
  ])
  expect(one?.titles.get('cookie-ignored')).toBe('It never looks at the Magic Cookie')
})

test('a killed run has sums of violations that monitors found, the gravest as the example', () => {
  const play = (scenario: string, verdict: 'warn' | 'fail', entry: number) =>
    scenarioFinished({ scenario, verdict: 'pass' }, asExpected(), 'pptpd', {
      watched: [watched('call-ids', '2.7/id', { verdict, entry }), watched('m', '1/x', { entry })],
    })
  const [one] = tallyOf([
    implementationStarted(['a/1', 'a/2', 'a/3', 'a/4']),
    play('a/1', 'warn', 3),
    play('a/2', 'fail', 3),
    play('a/3', 'fail', 9),
  ]).implementations
  expect(one?.missing).toEqual(['a/4'])
  expect(one?.watched).toMatchObject([
    {
      monitor: 'call-ids',
      requirement: '2.7/id',
      verdict: 'fail',
      kept: 0,
      broken: 3,
      first: { case: 'a/2', frame: 6 },
      comparison: NO_BASELINE,
    },
    { monitor: 'm', requirement: '1/x', broken: 3, first: { case: 'a/1', frame: 6 } },
  ])
})

test('a result that passed or was skipped as expected is quiet, whatever monitors find', () => {
  const complaint = { watched: [watched('m', '1/x')] }
  const quiet = (verdict: 'pass' | 'skip' | 'warn', comparison = asExpected()) =>
    isQuiet(scenarioFinished({ scenario: 'a/b', verdict }, comparison, 'pptpd', complaint))
  expect([quiet('pass'), quiet('skip'), quiet('pass', NO_BASELINE)]).toEqual([true, true, true])
  expect([quiet('warn'), quiet('pass', unexpected({ gone: { a: ['1/x'] } }))]).toEqual([false, false])
})

test('the path of a file', () => {
  expect(fileIn(undefined, 'x/y.pcapng')).toBe('x/y.pcapng')
  expect(fileIn('out/', 'x/y.pcapng')).toBe('out/x/y.pcapng')
})
