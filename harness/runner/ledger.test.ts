import { describe, expect, test } from 'vitest'
import type { WatchedFinding } from '../scenario/verdict.ts'
import type { Baseline } from './baseline.ts'
import type { EventOf } from './events.ts'
import { createLedger, type FinishedCase } from './ledger.ts'
import type { NewRunEvent } from './store.ts'
import { baselineOf, cause, finding, result, VOCABULARY, watchedFinding } from './testing/results.ts'

const ALL = VOCABULARY.cases.filter((id) => id.endsWith('@recipient'))

type Played = readonly [result: FinishedCase['result'], ...watched: WatchedFinding[]]

/** These results, and a pass for every other case of the recipient. */
function allBut(...played: readonly Played[]): readonly Played[] {
  const rest = ALL.filter((id) => !played.some(([{ scenario }]) => scenario === id))
  return [...played, ...rest.map((id): Played => [result(id, 'pass')])]
}

/** Records these results in a ledger, round by round. Returns its outcome and events. */
function account(rounds: readonly (readonly Played[])[], baseline?: Baseline, whole = true) {
  const events: NewRunEvent[] = []
  const ledger = createLedger({ name: 'some', baseline, rounds: rounds.length }, (event) =>
    events.push(event),
  )
  for (const [at, round] of rounds.entries())
    for (const [one, ...watched] of round) ledger.finish({ result: one, watched, round: at + 1 }, 0)
  const outcome = ledger.close({ whole, knownCases: VOCABULARY.cases, roles: ['recipient'] })
  const end = events.find((event) => event.kind === 'implementation-finished')
  if (end?.kind !== 'implementation-finished') throw new Error('no end')
  return { outcome, events, end: end as Omit<EventOf<'implementation-finished'>, 'at'> }
}

const BASELINE = baselineOf(
  cause('late', [{ case: ['a/one', 'b/two'], fail: ['1/x'] }], [{ monitor: 'eye', warn: ['2/a'] }]),
)
const LATE: readonly Played[] = [
  [
    result('a/one@recipient', 'fail', 'fail 1/x'),
    watchedFinding('eye: warn 2/a'),
    watchedFinding('ear: pass 2/c'),
  ],
  [
    result('b/two@recipient', 'fail', 'fail 1/x'),
    watchedFinding('eye: pass 2/a'),
    watchedFinding('ear: pass 2/c'),
  ],
]

test('a run that is as its baseline expects is green', () => {
  const { outcome, end } = account([allBut(...LATE)], BASELINE)
  expect(outcome).toMatchObject({ failed: false, broken: false, reasons: [], whole: true, unfit: undefined })
  expect(end.stale).toEqual([])
  expect(end).not.toHaveProperty('unstable')
})

test('the event of each case has the violations that monitors found, and the last event has the sums over all cases', () => {
  const { events, end, outcome } = account([allBut(...LATE)], BASELINE)
  const finished = events.flatMap((event) => (event.kind === 'scenario-finished' ? [event] : []))
  expect(finished).toHaveLength(ALL.length)
  expect(finished.flatMap(({ watched = [] }) => watched)).toEqual([watchedFinding('eye: warn 2/a')])
  expect(finished[1]).not.toHaveProperty('watched')
  expect(end.watched).toEqual([
    {
      monitor: 'ear',
      requirement: '2/c',
      verdict: 'pass',
      kept: 2,
      broken: 0,
      comparison: expect.anything(),
    },
    {
      monitor: 'eye',
      requirement: '2/a',
      verdict: 'warn',
      kept: 1,
      broken: 1,
      first: { case: 'a/one@recipient', finding: watchedFinding('eye: warn 2/a') },
      comparison: { kind: 'as-expected', causes: [{ cause: 'late', requirements: ['2/a'] }] },
    },
  ])
  expect(outcome.sums).toEqual(end.watched)
})

describe('stale causes of a whole run make it red', () => {
  test('a cause that no result shows', () => {
    const { outcome, end } = account([allBut()], BASELINE)
    expect(end.stale).toEqual([{ cause: 'late', detail: 'no result shows this cause any more' }])
    expect(outcome).toMatchObject({
      failed: true,
      reasons: ['some cause late: no result shows this cause any more'],
    })
  })

  test('a violation that a monitor no longer finds', () => {
    const calm = LATE.map(([one]): Played => [one, watchedFinding('eye: pass 2/a')])
    const { outcome, end } = account([allBut(...calm)], BASELINE)
    const detail = 'the monitor eye no longer finds 2/a broken with the claimed verdict'
    expect(end.stale).toEqual([{ cause: 'late', detail }])
    expect(outcome).toMatchObject({ failed: true, reasons: [`some cause late: ${detail}`] })
  })

  test('a violation that several monitors no longer find', () => {
    const monitors = [{ monitor: ['eye', 'ear'], fail: ['2/b'] }]
    const { end } = account([allBut(...LATE)], baselineOf(...BASELINE.causes, cause('seen', [], monitors)))
    expect(end.stale).toEqual([{ cause: 'seen', detail: 'no result shows this cause any more' }])
    const known = baselineOf(cause('late', [{ case: ['a/one', 'b/two'], fail: ['1/x'] }], monitors))
    const { end: other } = account([allBut(...LATE)], known)
    expect(other.stale).toEqual([
      { cause: 'late', detail: 'the monitor eye, ear no longer finds 2/b broken with the claimed verdict' },
    ])
  })

  test('unless cases were left out, or all cases of the cause were skipped', () => {
    const monitor = baselineOf(cause('seen', [], [{ monitor: 'eye', warn: ['2/a'] }]))
    expect(account([allBut().slice(1)], monitor).outcome).toMatchObject({ failed: false, whole: false })
    expect(account([allBut()], monitor, false).outcome).toMatchObject({ failed: false, whole: false })
    const skipped = baselineOf(cause('skipped', [{ case: 'b/two', fail: ['1/x'] }]))
    expect(account([allBut([result('b/two@recipient', 'skip')])], skipped).outcome.failed).toBe(false)
  })
})

describe('a run is red with one reason for each cause', () => {
  test('findings that no cause explains: a reason for each group', () => {
    const silence = (text: string) => finding(text, { seen: 'silence' })
    const { outcome } = account(
      [
        allBut(
          [result('a/many#v=1@recipient', 'fail', silence('fail 1/y'), silence('warn 1/z'))],
          [result('a/many#v=2@recipient', 'fail', silence('fail 1/y'), silence('warn 1/z'))],
          [{ ...result('a/many#v=3@recipient', 'inconclusive'), reason: 'no call' }],
          ...LATE,
        ),
      ],
      BASELINE,
    )
    expect(outcome.failed).toBe(true)
    expect(outcome.reasons).toEqual([
      'some: fail of 1/y, 1/z in 2 cases, such as a/many#v=1@recipient, which no cause explains',
      'some: inconclusive (no call) in a/many#v=3@recipient, which no cause explains',
    ])
  })

  test('a cause that does not show in every case that it claims: one reason', () => {
    const [one, two] = LATE
    const { outcome, end } = account([allBut(...(one === undefined ? [] : [one]))], BASELINE)
    expect(two).toBeDefined()
    expect(end.stale).toEqual([])
    expect(outcome.reasons).toEqual(['some cause late: 1/x expected and not seen in b/two@recipient'])
  })

  test('a sum of a monitor that no cause claims', () => {
    const { outcome } = account(
      [allBut([result('b/two@recipient', 'pass'), watchedFinding('ear: warn 2/c')])],
      baselineOf(),
    )
    expect(outcome).toMatchObject({
      failed: true,
      reasons: ['some: warn of 2/c in b/two@recipient, which no cause explains'],
    })
  })

  test('an error, for which the harness is to blame', () => {
    const { outcome } = account(
      [allBut([{ ...result('b/two@recipient', 'error'), reason: 'no socket' }])],
      baselineOf(),
    )
    expect(outcome).toMatchObject({
      failed: false,
      broken: true,
      reasons: ['some b/two@recipient: error: no socket'],
      unfit: 'b/two@recipient ended in an error',
    })
  })

  test('without a baseline: failures and inconclusive cases, but not warnings', () => {
    const warned = allBut([result('b/two@recipient', 'warn', 'warn 1/x'), watchedFinding('eye: warn 2/a')])
    expect(account([warned]).outcome).toMatchObject({ failed: false, reasons: [] })
    const failed = allBut([result('b/two@recipient', 'pass'), watchedFinding('eye: fail 2/a')])
    expect(account([failed]).outcome).toMatchObject({
      failed: true,
      reasons: ['some: fail of 2/a in b/two@recipient'],
    })
  })
})

describe('several rounds', () => {
  const passes = allBut()
  const fails = allBut([result('b/two@recipient', 'fail', 'fail 1/x'), watchedFinding('eye: fail 2/a')])

  test('that agree count as one, with sums for each', () => {
    const { outcome, end } = account([allBut(...LATE), allBut(...LATE)], BASELINE)
    expect(outcome).toMatchObject({ failed: false, whole: true, reasons: [] })
    expect(outcome.results).toHaveLength(ALL.length)
    expect(end.unstable).toEqual({ cases: [], monitors: [], causes: [] })
    expect(end.watched.map(({ monitor, round }) => `${monitor} ${round}`)).toEqual([
      'ear 1',
      'eye 1',
      'ear 2',
      'eye 2',
    ])
  })

  test('that differ make the run red, and the cases that differ are left out of its results', () => {
    const { outcome, end } = account([fails, passes], baselineOf())
    const unstable = { cases: ['b/two@recipient'], monitors: [], causes: [] }
    expect(end.unstable).toEqual(unstable)
    expect(outcome).toMatchObject({ failed: true, unstable, whole: false, sums: [] })
    expect(outcome.results.map(({ result: { scenario } }) => scenario)).not.toContain('b/two@recipient')
    expect(outcome.reasons).toContain('some unstable from round to round: cases b/two@recipient')
  })
})
