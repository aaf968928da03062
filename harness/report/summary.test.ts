import { expect, test } from 'vitest'
import type { RunEvent } from '../runner/events.ts'
import type { Verdict } from '../scenario/verdict.ts'
import { summaryMarkdown } from './summary.ts'
import { tallyOf } from './tally.ts'
import {
  asExpected,
  broken,
  brokenSum,
  causeOf,
  DIAGNOSIS,
  EVERYTHING,
  implementationFinished,
  implementationStarted,
  NO_BASELINE,
  RUN_STARTED,
  runFinished,
  scenarioFinished,
  unexpected,
} from './testing/run.ts'

function markdownOf(events: readonly RunEvent[]): string {
  return summaryMarkdown(tallyOf(events))
}

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, at) => at)
}

function lineCount(markdown: string): number {
  return markdown.trimEnd().split('\n').length
}

/**
 * Makes cases that each break a requirement of their own, without a cause in a baseline.
 */
function deviating(count: number, verdict: 'warn' | 'fail' | 'inconclusive', implementation = 'pptpd') {
  return numbers(count).map((at) => {
    const findings = verdict === 'inconclusive' ? [] : [broken(`1.1/${verdict}-${at}.`, { verdict })]
    const words = ['lost', 'stuck', 'mute', 'deaf', 'late', 'early', 'odd', 'dead', 'gone', 'away']
    const reason = `${words[at % 10]} and ${words[Math.floor(at / 10) % 10]}`
    return scenarioFinished(
      { scenario: `a/${verdict}-${at}`, verdict, findings, ...(findings.length === 0 ? { reason } : {}) },
      NO_BASELINE,
      implementation,
    )
  })
}

test('says first whether the run is as expected, then why not, then each cause, the worst first', () => {
  const markdown = markdownOf(EVERYTHING)
  const order = [
    '**The harness or its environment is at fault: 4 reasons, see below**',
    '2 times',
    '| `pptpd` | pptpd 1.4.0 | 1 | 3 | 1 | 2 | 2 | 1 | 6 | 1 |',
    '| `pptpd` monitors |  | - | 1 | 1 | 1 | - | - | 1 | - |',
    '**`pptpd` never answers an Outgoing-Call-Request**: 1 case inconclusive for that reason',
    '- remedy: see whether it can start its PPP daemon',
    '- log: `pppd: no such file`',
    '## Planned and never finished\n\n- `pptpd` `lcp/slow@recipient`',
    '## Unstable from round to round\n\n- `pptpd` case `echo/shaky@recipient`',
    '## Reasons\n',
    '- pptpd echo/dead&#64;recipient: error: the container died',
    '## `pptpd`: not as expected (8)',
    '| error, **not expected** | error |',
    '| fail, **not expected** | `2.7/call-id` |  | 1 case, 1 monitor |',
    '| fail, **not expected** | `1.4/magic-cookie` |  | 1 case | expected the connection closes; seen a reply | frame 6 of `pptpd/x.pcapng` |',
    '| pass, **not shown** | `stop-old` | pptpd |',
    '| pass, **not shown** | `echo-swapped` | pptpd | 1 case |',
    '## `pptpd`: 2 causes',
    '| fail | `cookie-ignored` | pptpd | 1 case | It never looks at the Magic Cookie | frame 6 of `pptpd/x.pcapng` |',
    '| warn | `reserved-set` | kernel | 1 monitor |',
    '## Notices\n\n- no engine: embedded peers only',
  ]
  const places = order.map((text) => [text, markdown.indexOf(text)] as const)
  expect(places.filter(([, at]) => at === -1)).toEqual([])
  expect(places.map(([, at]) => at)).toEqual(places.map(([, at]) => at).sort((a, b) => a - b))
  // The reasons do not repeat what the table of causes says.
  expect(markdown).not.toContain('- pptpd: fail of 1.4/magic-cookie')
  expect(markdown).not.toContain('- pptpd cause stop-old')
})

test('every red cause is listed, however many there are', () => {
  const markdown = markdownOf([
    RUN_STARTED,
    implementationStarted([]),
    ...deviating(50, 'warn'),
    ...deviating(300, 'fail'),
    runFinished(1, 'much'),
  ])
  for (const at of numbers(300)) expect(markdown).toContain(`\`1.1/fail-${at}.\``)
  expect(markdown).not.toContain('1.1/warn-')
  expect(markdown).toContain('and 50 more, none of which makes the run red: results.json has them')
})

test('new and gone causes are listed, whatever their verdicts', () => {
  const fresh = numbers(100).map((at) =>
    scenarioFinished(
      { scenario: `a/${at}`, verdict: 'warn', findings: [broken(`1.1/new-${at}.`, { verdict: 'warn' })] },
      unexpected({ fresh: [`1.1/new-${at}.`] }),
    ),
  )
  const markdown = markdownOf([
    RUN_STARTED,
    implementationStarted([], 'pptpd', { causes: numbers(100).map((at) => causeOf(`old-${at}-`)) }),
    ...fresh,
    implementationFinished({ stale: numbers(100).map((at) => ({ cause: `old-${at}-`, detail: 'gone' })) }),
  ])
  for (const at of numbers(100)) {
    expect(markdown).toContain(`\`1.1/new-${at}.\``)
    expect(markdown).toContain(`\`old-${at}-\``)
  }
})

test.each([1, 2, 3, 5])('with warnings only, %s implementations take at most 120 lines', (count) => {
  const names = numbers(count).map((at) => `impl-${at}`)
  for (const notices of [0, 30]) {
    const markdown = markdownOf([
      RUN_STARTED,
      ...numbers(notices).map((at): RunEvent => ({ at: 1, kind: 'notice', text: `notice ${at}` })),
      ...names.flatMap((name) => [
        implementationStarted(
          numbers(100).map((at) => `never/${at}`),
          name,
        ),
        ...deviating(100, 'warn', name),
        ...deviating(5, 'fail', name),
      ]),
      runFinished(3, ...numbers(40).map((at) => `reason ${at}`)),
    ])
    expect(lineCount(markdown)).toBeLessThanOrEqual(120)
    expect(lineCount(markdown)).toBeGreaterThan(100)
    expect(markdown.match(/`1\.1\/fail-/g)).toHaveLength(5 * count)
    expect(markdown).toContain('- and 30 more')
  }
})

test('a run with 43 known causes fits', () => {
  const events = ['pptpd', 'pptp-linux'].flatMap((name, which) => {
    const ids = numbers(which === 0 ? 25 : 18).map((at) => `cause-${at}`)
    return [
      implementationStarted([], name, { causes: ids.map((id) => causeOf(id)) }),
      ...ids.map((id, at) =>
        scenarioFinished(
          { scenario: `a/${id}`, verdict: 'fail', findings: [broken(`1.1/x${at}`)] },
          asExpected({ [id]: [`1.1/x${at}`] }),
          name,
        ),
      ),
    ]
  })
  const markdown = markdownOf([RUN_STARTED, ...events, runFinished(0)])
  expect(lineCount(markdown)).toBeLessThanOrEqual(70)
  expect(markdown.match(/It does cause-/g)).toHaveLength(43)
})

test('hostile text has no effect on the Markdown', () => {
  const hostile = '<img src=x>|`code`\n# head [a](b) *b* @user #1'
  const finding = { requirement: hostile, verdict: 'fail', expected: hostile, seen: hostile } as const
  const markdown = markdownOf([
    { ...RUN_STARTED, harness: hostile, node: hostile },
    { at: 1, kind: 'notice', text: hostile },
    implementationStarted([`${hostile}2`], hostile, {
      provenance: { implementation: hostile, versions: { [hostile]: hostile }, engine: hostile },
      causes: [causeOf(hostile, { title: hostile, owner: hostile })],
    }),
    { ...DIAGNOSIS, implementation: hostile, text: hostile, remedies: [hostile], log: [hostile] },
    ...(['error', 'inconclusive', 'fail'] satisfies Verdict[]).map((verdict) =>
      scenarioFinished(
        { scenario: hostile, verdict, reason: hostile, findings: [finding] },
        unexpected({
          causes: { [hostile]: [hostile] },
          fresh: [hostile, verdict],
          gone: { [hostile]: [hostile] },
          expected: hostile,
          seen: hostile,
        }),
        hostile,
      ),
    ),
    implementationFinished(
      {
        watched: [brokenSum(hostile, hostile, { comparison: unexpected({ fresh: [hostile] }), in: hostile })],
        stale: [{ cause: hostile, detail: hostile }],
        unstable: { cases: [hostile], monitors: [hostile], causes: [hostile] },
      },
      hostile,
    ),
    runFinished(3, hostile, `other ${hostile}`),
  ])
  // Text outside of code spans has no special characters; text inside does not end the span.
  const outside = markdown.replace(/`[^`\n]*`/g, '')
  expect(outside).not.toMatch(/<img|\[a\]|@user/)
  expect(markdown.split('\n').filter((line) => line.startsWith('# '))).toEqual(['# PPTP conformance'])
  // No text ends a cell early.
  const columns = markdown.split('\n').filter((line) => line.startsWith('| '))
  expect(new Set(columns.map((line) => line.split('|').length))).toEqual(new Set([8, 9, 12]))
})

test('reasons of a failed run that no cause shows are listed', () => {
  const markdown = markdownOf([RUN_STARTED, runFinished(1, 'a container died', 'dead at the end')])
  expect(markdown).toContain('2 reasons, see below')
  expect(markdown).toContain('## Reasons\n\n- a container died\n- dead at the end')
})

test('a killed run is reported as far as it came', () => {
  const markdown = markdownOf(EVERYTHING.slice(0, 6))
  expect(markdown).toContain('**The run did not finish**')
  expect(markdown).toContain('## Planned and never finished')
})

test('without a baseline an inconclusive case makes the run red, and is listed', () => {
  const markdown = markdownOf([
    RUN_STARTED,
    implementationStarted([]),
    ...deviating(200, 'warn'),
    ...deviating(7, 'inconclusive'),
    runFinished(1, 'much'),
  ])
  expect(markdown.match(/^\| inconclusive, no baseline /gm)).toHaveLength(7)
  expect(lineCount(markdown)).toBeLessThanOrEqual(120)
})
