import fc from 'fast-check'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { expect, test } from 'vitest'
import type { RunEvent } from '../runner/events.ts'
import { junitXml } from './junit.ts'
import { tallyOf } from './tally.ts'
import {
  BROKEN,
  EVERYTHING,
  implementationStarted,
  RUN_STARTED,
  runFinished,
  scenarioFinished,
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

test('each kind of result is what a CI system takes it for', () => {
  const { testsuites, cases, named } = read(EVERYTHING)
  expect(testsuites).toMatchObject({ name: 'pptpspec run-1', failures: '3', errors: '3', skipped: '1' })
  expect(cases).toHaveLength(9)
  expect(named('start/good')).not.toHaveProperty('failure')
  expect(named('start/bad#cookie=0')).toMatchObject({
    classname: 'pptpd.start',
    time: '0.013',
    failure: { type: '1.4/magic-cookie', message: 'expected the connection closes; seen a reply' },
  })
  expect(named('start/known')).not.toHaveProperty('failure')
  expect(named('start/known')?.properties?.property).toContainEqual({
    name: 'baseline-reason',
    value: 'it never looks at the cookie',
  })
  expect(named('echo/fixed')?.failure?.type).toBe('baseline')
  expect(named('echo/skip')?.skipped?.message).toBe('no PPP')
  expect(named('echo/lost')?.error?.type).toBe('inconclusive')
  expect(named('echo/dead')?.error?.type).toBe('error')
  expect(named('lcp/slow')?.error?.type).toBe('not-run')
  expect(named('stale baseline entry: stop/old')?.failure?.type).toBe('baseline')
})

test('without a baseline a warning passes and a failure fails', () => {
  const none = { kind: 'no-baseline' } as const
  const { named } = read([
    RUN_STARTED,
    scenarioFinished(
      { scenario: 'a/warn', verdict: 'warn', findings: [{ ...BROKEN, verdict: 'warn' }] },
      none,
    ),
    scenarioFinished({ scenario: 'a/fail', verdict: 'fail', findings: [BROKEN] }, none),
  ])
  expect(named('a/warn')).not.toHaveProperty('failure')
  expect(named('a/warn')?.properties?.property).toContainEqual({ name: 'verdict', value: 'warn' })
  expect(named('a/fail')?.failure?.type).toBe('1.4/magic-cookie')
})

test('a run that failed for what no scenario shows is red, and says why', () => {
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

test('a run that is red for a scenario, or green, has no test case of its own', () => {
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
            const deviation = { verdict, requirements: [seen], reason }
            const result = {
              scenario: name,
              purpose: seen,
              verdict,
              reason,
              findings: [{ requirement: seen, verdict: 'fail', expected: reason, seen }],
            } as const
            const comparison = expected
              ? ({ kind: 'as-expected', deviation } as const)
              : ({ kind: 'unexpected', expected: reason, seen } as const)
            return [
              ...(announced ? [implementationStarted([name], implementation)] : []),
              ...(finished ? [scenarioFinished(result, comparison, implementation)] : []),
              ...(stale
                ? [
                    {
                      at: 1,
                      kind: 'implementation-finished',
                      implementation,
                      stale: [{ scenario: name, detail: seen }],
                    } as const,
                  ]
                : []),
            ]
          },
        )
        const red = played.reduce(
          (sum, { expected, announced, finished, stale }) =>
            sum + Number(finished ? !expected : announced) + Number(stale),
          0,
        )
        // A runner gives 0 only where nothing of this is so.
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
