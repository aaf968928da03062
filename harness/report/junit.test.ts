import fc from 'fast-check'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { expect, test } from 'vitest'
import type { Baseline } from '../runner/baseline.ts'
import type { RunEvent } from '../runner/events.ts'
import { createLedger } from '../runner/ledger.ts'
import { gravest } from '../scenario/verdict.ts'
import { junitXml } from './junit.ts'
import { tallyOf } from './tally.ts'
import {
  asExpected,
  BROKEN,
  broken,
  brokenSum,
  EVERYTHING,
  implementationFinished,
  implementationStarted,
  NO_BASELINE,
  RUN_STARTED,
  runFinished,
  scenarioFinished,
  unexpected,
} from './testing/run.ts'

interface Case {
  readonly name: string
  readonly classname: string
  readonly failure?: { readonly type: string; readonly message: string }
  readonly error?: { readonly type: string; readonly message: string }
  readonly skipped?: { readonly message: string }
  readonly properties?: { readonly property: readonly { readonly name: string; readonly value: string }[] }
}

function read(events: readonly RunEvent[]) {
  const xml = junitXml(tallyOf(events))
  expect(XMLValidator.validate(xml)).toBe(true)
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '',
    isArray: (name) => ['testsuite', 'testcase', 'property'].includes(name),
    processEntities: { enabled: true, maxTotalExpansions: 1_000_000, maxExpandedLength: 10_000_000 },
  })
  const { testsuites } = parser.parse(xml)
  const cases: Case[] = (testsuites.testsuite ?? []).flatMap(
    (suite: { testcase?: Case[] }) => suite.testcase ?? [],
  )
  return { xml, testsuites, cases, named: (name: string) => cases.find((one) => one.name === name) }
}

test('each kind of result has its JUnit element', () => {
  const { testsuites, cases, named } = read(EVERYTHING)
  expect(testsuites).toMatchObject({ name: 'pptpspec run-1', failures: '6', errors: '4', skipped: '1' })
  expect(cases).toHaveLength(16)
  expect(named('start/good@recipient')).not.toHaveProperty('failure')
  expect(named('start/bad#cookie=0@recipient')).toMatchObject({
    classname: 'pptpd.start',
    time: '0.013',
    failure: { type: '1.4/magic-cookie', message: 'expected the connection closes; seen a reply' },
  })
  expect(named('start/known@recipient')).not.toHaveProperty('failure')
  expect(named('start/known@recipient')?.properties?.property).toContainEqual({
    name: 'cause',
    value: 'cookie-ignored',
  })
  expect(named('echo/fixed@recipient')?.failure).toMatchObject({
    type: 'baseline',
    message: 'NOT expected: the baseline has fail of 2.6/identifier, seen pass',
  })
  expect(named('echo/skip@recipient')?.skipped?.message).toBe('no PPP')
  expect(named('echo/lost@recipient')?.error?.type).toBe('inconclusive')
  expect(named('echo/dead@recipient')?.error?.type).toBe('error')
  expect(named('lcp/slow@recipient')?.error?.type).toBe('not-run')
  expect(named('round 1: echo/shaky@recipient')).not.toHaveProperty('failure')
  expect(named('round 2: echo/shaky@recipient')?.failure?.type).toBe('2.5/echo')
})

test('a stale cause of the baseline is a failure, and so is an unstable result', () => {
  const { cases, named } = read([
    RUN_STARTED,
    scenarioFinished({ scenario: 'a/b@recipient', verdict: 'pass' }),
    implementationFinished({
      stale: [{ cause: 'stop-old', detail: 'no result shows this cause any more' }],
      unstable: { cases: ['echo/x@recipient'], monitors: ['call-ids 2.7/id'], causes: ['cookie-ignored'] },
    }),
    runFinished(1, 'why'),
  ])
  expect(named('stale cause: stop-old')).toMatchObject({
    classname: 'pptpd.baseline',
    failure: { type: 'baseline', message: 'no result shows this cause any more' },
  })
  expect(
    cases
      .filter(({ classname }) => classname === 'pptpd.unstable')
      .map(({ name, failure }) => [name, failure?.type]),
  ).toEqual([
    ['case echo/x@recipient', 'unstable'],
    ['monitor call-ids 2.7/id', 'unstable'],
    ['cause cookie-ignored', 'unstable'],
  ])
})

test('monitors have a class of their own', () => {
  const { cases, xml } = read(EVERYTHING)
  const monitors = cases.filter(({ classname }) => classname === 'pptpd.monitors')
  expect(monitors.map(({ name, failure }) => [name, failure?.type])).toEqual([
    ['message-header 1.4/length', undefined],
    ['reserved-fields 1.4/reserved', undefined],
    ['call-ids 2.7/call-id', '2.7/call-id'],
  ])
  expect(monitors[1]?.properties?.property).toEqual(
    expect.arrayContaining([
      { name: 'verdict', value: 'warn' },
      { name: 'kept', value: '5' },
      { name: 'broken', value: '1' },
      { name: 'cause', value: 'reserved-set' },
    ]),
  )
  expect(xml).toContain('broken in 1 of 6 cases, first in start/good@recipient')
})

test('the names of monitors have the round if there are several', () => {
  const sums = [1, 2].map((round) => ({
    ...brokenSum('call-ids', '2.7/id', { comparison: NO_BASELINE, verdict: 'warn' }),
    round,
  }))
  const { cases } = read([RUN_STARTED, implementationFinished({ watched: sums }), runFinished(0)])
  expect(cases.map(({ name, failure }) => [name, failure])).toEqual([
    ['round 1: call-ids 2.7/id', undefined],
    ['round 2: call-ids 2.7/id', undefined],
  ])
})

test('an unexpected case names the gravest requirement that the baseline does not expect', () => {
  const findings = [
    broken('1.1/known'),
    broken('1.2/warned', { verdict: 'warn' }),
    broken('1.3/new'),
    broken('1.4/also-new'),
  ]
  const { named } = read([
    RUN_STARTED,
    scenarioFinished(
      { scenario: 'a/b', verdict: 'fail', findings },
      unexpected({ causes: { known: ['1.1/known'] }, fresh: ['1.2/warned', '1.3/new', '1.4/also-new'] }),
    ),
    runFinished(1, 'why'),
  ])
  expect(named('a/b')?.failure).toMatchObject({
    type: '1.3/new',
    message: 'expected the connection closes; seen 1.3/new broken',
  })
})

test('without a baseline a warning passes and a failure fails', () => {
  const { named } = read([
    RUN_STARTED,
    scenarioFinished(
      { scenario: 'a/warn', verdict: 'warn', findings: [{ ...BROKEN, verdict: 'warn' }] },
      NO_BASELINE,
    ),
    scenarioFinished({ scenario: 'a/fail', verdict: 'fail', findings: [BROKEN] }, NO_BASELINE),
    implementationFinished({
      watched: [
        brokenSum('m', '1.1/warn', { verdict: 'warn', comparison: NO_BASELINE }),
        brokenSum('m', '1.1/fail', { comparison: NO_BASELINE }),
      ],
    }),
  ])
  expect(named('a/warn')).not.toHaveProperty('failure')
  expect(named('a/warn')?.properties?.property).toContainEqual({ name: 'verdict', value: 'warn' })
  expect(named('a/fail')?.failure?.type).toBe('1.4/magic-cookie')
  expect(named('m 1.1/warn')).not.toHaveProperty('failure')
  expect(named('m 1.1/fail')?.failure?.type).toBe('1.1/fail')
})

test('a run that failed outside of scenarios is red, and says why', () => {
  const good = [
    implementationStarted(['a/good']),
    scenarioFinished({ scenario: 'a/good', verdict: 'pass' }),
  ] as const
  const why = 'pptpd no longer passes the smoke scenario at the end of the run: ]]> silence'
  const nothing = { tests: '1', failures: '0', errors: '1' }
  for (const [events, message, total] of [
    [[RUN_STARTED, runFinished(3, 'Cannot listen', why)], /at fault: 2 reasons$/, nothing],
    [[RUN_STARTED], /did not finish/, nothing],
    [[], /did not finish/, nothing],
    [[RUN_STARTED, ...good, runFinished(1, why)], /no longer passes/, { ...nothing, tests: '2' }],
    [
      [RUN_STARTED, ...good, { ...runFinished(3, 'interrupted: SIGINT'), interrupted: 'SIGINT' } as RunEvent],
      /Interrupted \(SIGINT\)/,
      { ...nothing, tests: '2' },
    ],
  ] as const) {
    const { testsuites, named } = read(events)
    expect(testsuites).toMatchObject(total)
    expect(named('run')?.error).toMatchObject({ type: 'run', message: expect.stringMatching(message) })
  }
  expect(read([RUN_STARTED, runFinished(3, 'Cannot listen', why)]).xml).toContain('Cannot listen\npptpd no')
})

test('a run that is green, or red because of a scenario, has no test case `run`', () => {
  expect(read(EVERYTHING).named('run')).toBeUndefined()
  const green = scenarioFinished({ scenario: 'a/good', verdict: 'pass' })
  expect(read([RUN_STARTED, green, runFinished(0)]).cases).toHaveLength(1)
})

test('property: whatever an implementation says and however a run ends, the XML is valid and agrees with the exit code', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      ']]>',
      '<![CDATA[',
      '</testsuites>',
      '\u0000\u001b[31m\uffff',
      '&#0;&lol;',
      '"\'<>&',
      '\ud800',
    ),
  )
  const text = fc.array(hostile, { maxLength: 4 }).map((parts) => parts.join(''))
  const one = fc.record({
    name: text,
    seen: text,
    reason: text,
    verdict: fc.constantFrom('pass' as const, 'warn', 'fail', 'inconclusive', 'skip', 'error'),
    expected: fc.boolean(),
    announced: fc.boolean(),
    finished: fc.boolean(),
    stale: fc.boolean(),
  })
  fc.assert(
    fc.property(
      fc.array(one, { maxLength: 3 }),
      fc.array(text, { maxLength: 3 }),
      fc.constantFrom(0, 1, 2, 3, undefined),
      fc.boolean(),
      (played, reasons, exitCode, interrupted) => {
        const implementations = played.flatMap(
          ({ name, seen, reason, verdict, expected, announced, finished, stale }, at): RunEvent[] => {
            const implementation = `${name}${at}`
            const result = {
              scenario: name,
              purpose: seen,
              verdict,
              reason,
              findings: [{ requirement: seen, verdict: 'fail', expected: reason, seen }],
            } as const
            const comparison = expected
              ? asExpected({ [name]: [seen] })
              : unexpected({
                  causes: { [seen]: [reason] },
                  fresh: [seen],
                  gone: { [reason]: [name] },
                  expected: reason,
                  seen,
                })
            const sum = brokenSum(name, seen, { comparison, in: reason })
            return [
              ...(announced ? [implementationStarted([name], implementation)] : []),
              ...(finished ? [scenarioFinished(result, comparison, implementation)] : []),
              ...(stale
                ? [
                    implementationFinished(
                      {
                        watched: [sum],
                        stale: [{ cause: name, detail: seen }],
                        unstable: { cases: [name], monitors: [seen], causes: [reason] },
                      },
                      implementation,
                    ),
                  ]
                : []),
            ]
          },
        )
        const red = played.reduce(
          (sum, { expected, announced, finished, stale }) =>
            sum + Number(finished ? !expected : announced) + (stale ? 4 + Number(!expected) : 0),
          0,
        )
        // A run returns 0 only if none of this happened.
        const code = exitCode === 0 && red > 0 ? 1 : exitCode
        const { testsuites } = read([
          { ...RUN_STARTED, run: reasons.join() } as RunEvent,
          ...implementations,
          ...reasons.map((reason): RunEvent => ({ at: 1, kind: 'notice', text: reason })),
          ...(code === undefined
            ? []
            : [
                {
                  ...runFinished(code as 0, ...reasons),
                  ...(interrupted ? { interrupted: reasons.join() } : {}),
                } as RunEvent,
              ]),
        ])
        expect(Number(testsuites.failures) + Number(testsuites.errors)).toBe(
          code === 0 ? 0 : Math.max(red, 1),
        )
      },
    ),
  )
})

test('property: whatever is played and expected, JUnit is red exactly when the exit code is not 0', () => {
  const requirement = fc.constantFrom('1.1/a', '1.1/b', '2.2/c')
  const verdict = fc.constantFrom('pass' as const, 'warn', 'fail')
  const finding = fc.record({
    requirement,
    verdict,
    expected: fc.constant('this'),
    seen: fc.constant('that'),
  })
  const play = fc.record({
    findings: fc.array(finding, { maxLength: 3 }),
    watched: fc.array(
      finding.map((one) => ({ ...one, monitor: 'm' })),
      { maxLength: 2 },
    ),
    undecided: fc.option(fc.constantFrom('inconclusive' as const, 'skip', 'error'), { freq: 4 }),
  })
  const claims = fc.array(
    fc.record({
      where: fc.constantFrom('a/0', 'a/1', 'm'),
      what: requirement,
      verdict: fc.constantFrom('fail' as const, 'warn', 'inconclusive'),
    }),
    { maxLength: 3 },
  )
  const baselineOf = (some: readonly { where: string; what: string; verdict: string }[]): Baseline => ({
    format: 2,
    implementation: 'x',
    causes: some.map(({ where, what, verdict: claimed }, at) => {
      const claim = claimed === 'fail' ? { fail: [what] } : { warn: [what] }
      const undecided = claimed === 'inconclusive' ? { inconclusive: true as const } : claim
      return {
        id: `cause-${at}`,
        title: 't',
        owner: 'o',
        effect: 'e',
        reason: 'r',
        cases: where === 'm' ? [] : [{ case: where, ...undecided }],
        monitors: where === 'm' ? [{ monitor: 'm', ...claim }] : [],
      }
    }),
  })
  const seenCodes = new Set<number>()
  fc.assert(
    fc.property(
      fc.array(fc.tuple(play, play), { minLength: 1, maxLength: 2 }),
      fc.option(claims),
      fc.constantFrom(1, 2),
      (cases, some, rounds) => {
        const events: RunEvent[] = [RUN_STARTED]
        const baseline = some === null ? undefined : baselineOf(some)
        // The ledger decides on the exit code.
        const ledger = createLedger({ name: 'x', baseline, rounds }, (event) => {
          events.push({ at: 1, ...event } as RunEvent)
        })
        for (const [at, plays] of cases.entries())
          for (const [which, { findings, watched, undecided }] of plays.slice(0, rounds).entries()) {
            const result = {
              scenario: `a/${at}`,
              purpose: 'p',
              verdict: undecided ?? gravest(findings.map((one) => one.verdict)) ?? 'pass',
              findings: undecided === null ? findings : [],
              duration: 1,
            }
            ledger.finish({ result, watched: undecided === 'skip' ? [] : watched, round: which + 1 }, 0)
          }
        const outcome = ledger.close({
          whole: true,
          knownCases: cases.map((_, at) => `a/${at}`),
          roles: ['recipient'],
        })
        const code = outcome.broken ? 3 : outcome.failed ? 1 : 0
        seenCodes.add(code)
        const { testsuites, named } = read([...events, runFinished(code, ...outcome.reasons)])
        const red = Number(testsuites.failures) + Number(testsuites.errors)
        expect(red > 0).toBe(code !== 0)
        // The result that makes a run red is a test case of its own kind.
        expect(named('run')).toBeUndefined()
        expect(outcome.reasons.length > 0).toBe(code !== 0)
      },
    ),
    { numRuns: 1000 },
  )
  expect(seenCodes).toEqual(new Set([0, 1, 3]))
})
