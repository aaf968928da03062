import { expect, test } from 'vitest'
import { resultsJson } from './results.ts'
import { tallyOf } from './tally.ts'
import { EVERYTHING, RUN_STARTED, runFinished } from './testing/run.ts'

test('one document holds the run, its causes, its results and the sums of its monitors', () => {
  const document = JSON.parse(resultsJson(tallyOf(EVERYTHING)))
  expect(document).toMatchObject({
    kind: 'pptpspec-results',
    format: 2,
    run: 'run-1',
    seed: 7,
    repeat: 2,
    exitCode: 3,
    notices: ['no engine: embedded peers only'],
  })
  const [one] = document.implementations
  expect(one).toMatchObject({
    name: 'pptpd',
    otherRole: 3,
    counts: { pass: 3, skip: 1, warn: 1, fail: 2, inconclusive: 2, error: 1 },
    diagnoses: [
      {
        text: 'never answers an Outgoing-Call-Request',
        remedies: ['see whether it can start its PPP daemon'],
        log: ['pppd: no such file'],
        cases: 1,
      },
    ],
    stale: [{ cause: 'stop-old' }],
    unstable: { cases: ['echo/shaky@recipient'], monitors: [], causes: [] },
    missing: ['lcp/slow@recipient'],
  })
  expect(one.causes).toHaveLength(10)
  expect(one.causes).toContainEqual(
    expect.objectContaining({
      state: 'known',
      id: 'cookie-ignored',
      owner: 'pptpd',
      effect: 'users notice',
      cases: ['start/known@recipient'],
    }),
  )
  expect(
    one.watched.map((sum: { monitor: string; kept: number; broken: number }) => [
      sum.monitor,
      sum.kept,
      sum.broken,
    ]),
  ).toEqual([
    ['message-header', 5, 0],
    ['reserved-fields', 5, 1],
    ['call-ids', 5, 1],
  ])
  expect(one.results).toHaveLength(10)
  expect(one.results[0]).toMatchObject({
    scenario: 'start/good@recipient',
    verdict: 'pass',
    comparison: { kind: 'as-expected', causes: [] },
    watched: [{ monitor: 'reserved-fields' }, { monitor: 'call-ids' }],
    frames: { 3: 6 },
  })
  expect(one.results.flatMap(({ round }: { round?: number }) => round ?? [])).toEqual([1, 2])
})

test('the reasons of a failed run are in the document, even if no case shows them', () => {
  const run = tallyOf([RUN_STARTED, runFinished(1, 'a container died', 'dead at the end')])
  expect(JSON.parse(resultsJson(run))).toMatchObject({
    exitCode: 1,
    overall: 'Not as expected: 2 reasons',
    reasons: ['a container died', 'dead at the end'],
    implementations: [],
  })
})

test('a run without events is a document, too', () => {
  expect(JSON.parse(resultsJson(tallyOf([])))).toMatchObject({
    overall: 'The run did not finish',
    implementations: [],
  })
})
