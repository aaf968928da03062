import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import type { RunEvent } from '../runner/events.ts'
import { type ConsoleOptions, createConsoleReporter } from './console.ts'
import { EVERYTHING, implementationStarted, RUN_STARTED, scenarioFinished } from './testing/run.ts'

function play(events: readonly RunEvent[], options: Partial<ConsoleOptions> = {}): string {
  let text = ''
  const reporter = createConsoleReporter({
    write: (more) => {
      text += more
    },
    isTty: false,
    columns: 80,
    colour: false,
    verbose: false,
    output: 'results/run-1',
    ...options,
  })
  for (const event of events) reporter.handle(event)
  return text
}

test('a log tells every scenario once, and all that is needed to look into it', () => {
  const log = play(EVERYTHING)
  expect(log).toContain('✓ PASS pptpd start/good')
  expect(log).toContain('- SKIP pptpd echo/skip 13 ms: no PPP')
  expect(log).toContain(
    [
      '✗ FAIL pptpd start/bad#cookie=0 1.4/magic-cookie',
      '    expected  the connection closes',
      '    seen      a reply',
      '    capture   frame 6 of results/run-1/pptpd/x.pcapng',
      '    baseline  NOT expected: the baseline has pass, seen fail',
    ].join('\n'),
  )
  expect(log).toContain('expected by the baseline: it never looks at the cookie')
  expect(log).toContain('? INCONCLUSIVE pptpd echo/lost\n    reason    no reply to the start')
  expect(log).toContain('# ERROR pptpd echo/dead\n    reason    the container died')
  expect(log).not.toContain('\u001b')
})

test('what the baseline expects is told in brief, and in full only where that is asked for', () => {
  const expected = scenarioFinished(
    {
      scenario: 'start/known',
      verdict: 'fail',
      findings: [
        { requirement: '1.4/b', verdict: 'warn', expected: 'this', seen: 'that' },
        { requirement: '1.4/a', verdict: 'fail', expected: 'this', seen: 'that' },
        { requirement: '1.4/a', verdict: 'warn', expected: 'this', seen: 'that' },
      ],
    },
    {
      kind: 'as-expected',
      deviation: { verdict: 'fail', requirements: ['1.4/a'], reason: 'so it is' },
    },
  )
  const brief = '✗ FAIL pptpd start/known 1.4/a, 1.4/b\n    expected by the baseline: so it is\n'
  expect(play([expected])).toBe(brief)
  expect(play([expected], { isTty: true })).toContain(brief)
  expect(play([expected], { verbose: true })).toContain('    expected  this\n    seen      that\n')
})

test('cases skipped for one reason are told together', () => {
  const skip = (scenario: string, reason: string) =>
    scenarioFinished({ scenario, verdict: 'skip', reason, duration: 0 }, { kind: 'no-baseline' })
  const many = ['a', 'b', 'c', 'd'].map((name) => skip(`echo/${name}`, 'no PPP'))
  const events = [
    ...many,
    skip('echo/e', 'no account'),
    scenarioFinished({ scenario: 'echo/f', verdict: 'pass' }),
  ]
  const log = play(events)
  expect(log).toContain(
    '- SKIP pptpd 4 cases: no PPP\n- SKIP pptpd echo/e 0 ms: no account\n✓ PASS pptpd echo/f',
  )
  expect(play(events, { isTty: true })).toContain('- SKIP pptpd 4 cases: no PPP')
  expect(play(events, { verbose: true })).toContain('- SKIP pptpd echo/a')
})

test('the summary comes last and ends with the overall result', () => {
  const log = play(EVERYTHING)
  const tail = log.slice(log.indexOf('implementation  skip'))
  expect(tail).toMatch(/Not as expected \(3\)\n✗ FAIL pptpd start\/bad/)
  expect(tail).toMatch(/Stale in the baseline \(1\)\n {2}pptpd stop\/old: no such scenario/)
  expect(tail).toMatch(/Planned and never finished \(1\)\n {2}pptpd lcp\/slow/)
  expect(log.trimEnd().split('\n').slice(-2)).toEqual([
    'Results: results/run-1',
    'Not as expected: 3 results are not as expected (7 cases, 2.0 s, exit 1)',
  ])
})

test('on a terminal what passed is folded into the status line', () => {
  const shown = stripVTControlCharacters(play(EVERYTHING, { isTty: true, colour: true }))
  expect(shown).not.toContain('PASS pptpd start/good')
  expect(shown).toContain('pptpd 1/8')
  expect(shown).toContain('pptpd lane 0: start/good')
  expect(shown).toContain('FAIL pptpd start/bad')
  expect(stripVTControlCharacters(play(EVERYTHING, { isTty: true, verbose: true }))).toContain(
    'PASS pptpd start/good',
  )
})

test('the time goes on between events', () => {
  let text = ''
  const reporter = createConsoleReporter({
    write: (more) => {
      text += more
    },
    isTty: true,
    columns: 80,
    colour: false,
    verbose: false,
  })
  reporter.handle(RUN_STARTED)
  reporter.handle(implementationStarted(['a/b']))
  reporter.tick(RUN_STARTED.at + 65_000)
  expect(text).toContain('pptpd 0/1, 1 min 05 s')
})

test('nothing an implementation says reaches the terminal unescaped', () => {
  const evil = 'x\u001b[2J\u0007\u202e'
  const log = play([
    RUN_STARTED,
    implementationStarted([evil], evil),
    { at: 1, kind: 'notice', text: evil },
    scenarioFinished(
      {
        scenario: evil,
        verdict: 'fail',
        reason: evil,
        findings: [{ requirement: evil, verdict: 'fail', expected: evil, seen: evil }],
      },
      { kind: 'unexpected', expected: evil, seen: evil },
      evil,
    ),
    { at: 2, kind: 'run-finished', exitCode: 1, reasons: [evil] },
  ])
  expect(log).not.toContain('\u001b')
  expect(log).not.toContain('\u202e')
})
