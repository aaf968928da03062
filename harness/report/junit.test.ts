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
  const cases = testsuites.testsuite.flatMap((suite: { testcase?: Case[] }) => suite.testcase ?? []) as Case[]
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

test('property: whatever an implementation says, the XML is valid and agrees with the exit code', () => {
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
  fc.assert(
    fc.property(
      text,
      text,
      text,
      fc.constantFrom('pass', 'warn', 'fail', 'inconclusive', 'skip', 'error'),
      fc.boolean(),
      (name, seen, reason, verdict, expected) => {
        const finding = { requirement: seen, verdict: 'fail', expected: reason, seen } as const
        const deviation = { verdict, requirements: [seen], reason }
        const { testsuites } = read([
          { ...RUN_STARTED, run: name } as RunEvent,
          implementationStarted([name, 'never'], name),
          scenarioFinished(
            { scenario: name, purpose: seen, verdict, reason, findings: [finding] },
            expected ? { kind: 'as-expected', deviation } : { kind: 'unexpected', expected: reason, seen },
            name,
          ),
          { at: 1, kind: 'notice', text: seen },
          runFinished(expected ? 0 : 1, reason),
        ])
        // One error is the scenario that was planned and never finished.
        expect(Number(testsuites.failures) + Number(testsuites.errors)).toBe(
          expected || name === 'never' ? 1 : 2,
        )
      },
    ),
  )
})
