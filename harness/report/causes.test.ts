import { expect, test } from 'vitest'
import type { RunEvent } from '../runner/events.ts'
import { causesIn } from './causes.ts'
import { tallyOf } from './tally.ts'
import {
  asExpected,
  BROKEN,
  broken,
  brokenSum,
  causeOf,
  EVERYTHING,
  implementationFinished,
  implementationStarted,
  NO_BASELINE,
  scenarioFinished,
  unexpected,
  watched,
} from './testing/run.ts'

function rowsOf(events: readonly RunEvent[]) {
  return tallyOf(events).implementations.flatMap(causesIn)
}

const started = (...ids: readonly string[]) =>
  implementationStarted([], 'pptpd', { causes: ids.map((id) => causeOf(id)) })

test('rows are in the order new, gone, known, with the worst of each first', () => {
  expect(
    rowsOf(EVERYTHING).map(({ state, id, requirements, verdict }) => [state, id ?? requirements, verdict]),
  ).toEqual([
    ['new', [], 'error'],
    ['new', ['2.7/call-id'], 'fail'],
    ['new', ['1.4/magic-cookie'], 'fail'],
    ['new', ['2.5/echo'], 'warn'],
    ['new', [], 'inconclusive'],
    ['new', [], 'inconclusive'],
    ['gone', 'stop-old', 'pass'],
    ['gone', 'echo-swapped', 'pass'],
    ['known', 'cookie-ignored', 'fail'],
    ['known', 'reserved-set', 'warn'],
  ])
})

test('the row of a known cause has the words of the baseline, and all places where it shows', () => {
  const rows = rowsOf([
    started('cookie'),
    scenarioFinished(
      { scenario: 'a/b', verdict: 'warn', findings: [broken('1.4/b', { verdict: 'warn' })] },
      asExpected({ cookie: ['1.4/b'] }),
    ),
    scenarioFinished(
      { scenario: 'a/c', verdict: 'fail', findings: [broken('1.4/c')] },
      // Another finding in the same case is new.
      unexpected({ causes: { cookie: ['1.4/c'] }, fresh: ['9/x'] }),
    ),
    implementationFinished({
      watched: [brokenSum('header', '1.4/d', { comparison: asExpected({ cookie: ['1.4/d'] }), in: 'a/c' })],
    }),
  ])
  expect(rows).toEqual([
    {
      state: 'known',
      ...causeOf('cookie'),
      verdict: 'fail',
      requirements: ['1.4/b', '1.4/c', '1.4/d'],
      follows: [],
      cases: ['a/b', 'a/c'],
      monitors: ['header'],
      // The first of the gravest findings.
      example: {
        case: 'a/c',
        requirement: '1.4/c',
        expected: 'the connection closes',
        seen: '1.4/c broken',
        frame: 6,
        capture: 'pptpd/x.pcapng',
      },
      seen: ['1.4/b broken', '1.4/c broken', '1.4/d broken'],
    },
  ])
})

test('an inconclusive case that a cause explains shows it', () => {
  const [row] = rowsOf([
    started('dies'),
    scenarioFinished(
      { scenario: 'a/b', verdict: 'inconclusive', reason: 'it died' },
      asExpected({ dies: [] }),
    ),
  ])
  expect(row).toMatchObject({ state: 'known', id: 'dies', verdict: 'inconclusive', seen: ['it died'] })
})

test('findings without a cause are one row if they rest on the same evidence', () => {
  const rows = rowsOf([
    implementationStarted([]),
    scenarioFinished(
      {
        scenario: 'a/b',
        verdict: 'fail',
        findings: [BROKEN, { ...BROKEN, requirement: '1.4/resync' }, { ...broken('2.1/other'), entry: 9 }],
      },
      NO_BASELINE,
    ),
    scenarioFinished({ scenario: 'a/c', verdict: 'fail', findings: [BROKEN] }, NO_BASELINE),
  ])
  expect(rows).toHaveLength(2)
  expect(rows[0]).toMatchObject({
    state: 'unnamed',
    title: 'expected the connection closes; seen a reply',
    requirements: ['1.4/magic-cookie'],
    follows: ['1.4/resync'],
    cases: ['a/b', 'a/c'],
    example: { case: 'a/b', frame: 6, capture: 'pptpd/x.pcapng' },
  })
  expect(rows[1]).toMatchObject({ requirements: ['2.1/other'], cases: ['a/b'] })
  // Entry 9 was not captured.
  expect(rows[1]?.example?.frame).toBeUndefined()
})

test('a finding of a monitor is new only if no cause claims it', () => {
  const events = (comparison: ReturnType<typeof asExpected>): readonly RunEvent[] => [
    started('ids'),
    scenarioFinished({ scenario: 'a/b', verdict: 'pass' }, asExpected(), 'pptpd', {
      watched: [watched('call-ids', '2.7/id')],
    }),
    implementationFinished({ watched: [brokenSum('call-ids', '2.7/id', { comparison, in: 'a/b' })] }),
  ]
  expect(rowsOf(events(asExpected({ ids: ['2.7/id'] })))).toMatchObject([
    { state: 'known', id: 'ids', cases: [], monitors: ['call-ids'] },
  ])
  expect(rowsOf(events(unexpected({ fresh: ['2.7/id'] })))).toMatchObject([
    { state: 'new', requirements: ['2.7/id'], cases: ['a/b'], monitors: ['call-ids'] },
  ])
})

test('findings of monitors in a killed run are not new if there is a baseline', () => {
  const good = scenarioFinished({ scenario: 'a/b', verdict: 'pass' }, asExpected(), 'pptpd', {
    watched: [watched('call-ids', '2.7/id')],
  })
  expect(rowsOf([started('ids'), good])).toEqual([])
  expect(rowsOf([implementationStarted([]), good])).toMatchObject([
    { state: 'unnamed', requirements: ['2.7/id'], monitors: ['call-ids'] },
  ])
})

test('a row keeps each seen text once, without the parts that differ from run to run', () => {
  const [row] = rowsOf([
    started(),
    ...['closes after 20 ms', 'closes after 31 ms', 'Result Code 3', 'Result Code 4'].map((seen, at) =>
      scenarioFinished(
        { scenario: `a/${at}`, verdict: 'fail', findings: [broken('1/x', { seen })] },
        unexpected({ fresh: ['1/x'] }),
      ),
    ),
  ])
  expect(row?.seen).toEqual(['closes after # ms', 'Result Code 3', 'Result Code 4'])
})

test('the row of a gone cause says where it should show, and what was seen instead', () => {
  const gone = (scenario: string) =>
    scenarioFinished(
      { scenario, verdict: 'pass' },
      unexpected({ gone: { cookie: ['1.4/x'] }, expected: 'fail of 1.4/x', seen: 'pass' }),
    )
  expect(rowsOf([started('cookie'), gone('a/b'), gone('a/c')])).toMatchObject([
    {
      state: 'gone',
      id: 'cookie',
      title: 'does not show in 2 cases where the baseline expects it: It does cookie',
      owner: 'pptpd',
      cases: ['a/b', 'a/c'],
      example: { case: 'a/b', expected: 'fail of 1.4/x', seen: 'pass' },
    },
  ])
  // A cause that still shows elsewhere has two rows: gone and known.
  const known = scenarioFinished(
    { scenario: 'a/d', verdict: 'fail', findings: [broken('1.4/x')] },
    asExpected({ cookie: ['1.4/x'] }),
  )
  expect(rowsOf([started('cookie'), gone('a/b'), known]).map(({ state }) => state)).toEqual(['gone', 'known'])
})

test('a cause is not gone if its case ended with an error', () => {
  const error = scenarioFinished(
    { scenario: 'a/b', verdict: 'error', reason: 'no memory' },
    unexpected({ fresh: ['error'], gone: { cookie: ['1.4/x'] }, seen: 'error' }),
  )
  expect(rowsOf([started('cookie'), error]).map(({ state, verdict }) => [state, verdict])).toEqual([
    ['new', 'error'],
  ])
})

test('an implementation that was never announced has rows, too', () => {
  expect(
    rowsOf([scenarioFinished({ scenario: 'a/b', verdict: 'error', reason: 'dead' }, NO_BASELINE)]),
  ).toMatchObject([{ state: 'unnamed', verdict: 'error', title: 'dead', cases: ['a/b'] }])
})
