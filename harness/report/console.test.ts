import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import type { RunEvent } from '../runner/events.ts'
import { type ConsoleOptions, createConsoleReporter } from './console.ts'
import {
  asExpected,
  BROKEN,
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
  watched,
} from './testing/run.ts'

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

/** Returns the summary, which follows the lines of progress. */
function summaryOf(text: string): readonly string[] {
  const lines = text.trimEnd().split('\n')
  return lines.slice(lines.findIndex((line) => line.startsWith('implementation  skip')))
}

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, at) => at)
}

test('a log reports unexpected results at once, and the summary says where to look', () => {
  const log = play(EVERYTHING)
  const progress = log.slice(0, log.indexOf('implementation  skip'))
  expect(progress).toContain('2 lanes, 2 times\n')
  expect(progress).toContain('pptpd: 10 cases against pptpd (pptpd 1.4.0, docker 20.10)\n')
  expect(progress).toContain('  3 scenarios for the other role left out: pptpd is a recipient\n')
  expect(progress).toContain('✗ pptpd never answers an Outgoing-Call-Request\n')
  expect(summaryOf(log).join('\n')).toContain(
    [
      '✗ pptpd never answers an Outgoing-Call-Request',
      '    1 case inconclusive for that reason',
      '    remedy  see whether it can start its PPP daemon',
      '    log     pppd: no such file',
    ].join('\n'),
  )
  expect(progress).toContain(
    '✗ FAIL pptpd start/bad#cookie=0@recipient 1.4/magic-cookie 13 ms not expected\n',
  )
  expect(progress).toContain('# ERROR pptpd echo/dead@recipient 13 ms: the container died\n')
  expect(progress).toContain('✓ PASS pptpd echo/fixed@recipient 13 ms not expected\n')
  for (const quiet of ['start/good', 'start/known', 'echo/skip']) expect(progress).not.toContain(quiet)
  expect(log).toContain(
    [
      '✗ FAIL 1.4/magic-cookie in 1 case',
      '    expected the connection closes; seen a reply',
      '    frame 6 of results/run-1/pptpd/x.pcapng',
    ].join('\n'),
  )
  expect(log).not.toContain('\u001b')
})

test('the summary has new, gone and known causes, unstable results, and last the overall result', () => {
  const lines = summaryOf(play(EVERYTHING))
  expect(lines.slice(1, 3).map((line) => line.trim().split(/ {2,}/))).toEqual([
    ['pptpd', '1', '3', '1', '2', '2', '1', '6', '1'],
    ['its monitors', '-', '1', '1', '1', '-', '-', '1', '-'],
  ])
  const text = lines.join('\n')
  const order = [
    'pptpd: 5 deviations that no cause of the baseline explains',
    '# ERROR (no verdict) in 1 case',
    '✗ FAIL 2.7/call-id in 1 case, 1 monitor',
    '✗ FAIL 1.4/magic-cookie',
    '! WARN 2.5/echo',
    '? INCONCLUSIVE (no verdict) in 1 case\n    no reply to the start',
    'pptpd: 2 causes of the baseline missing where expected',
    'stop-old',
    'no result shows this cause any more: It does stop-old',
    'echo-swapped',
    'does not show in 1 case where the baseline expects it: It does echo-swapped',
    'pptpd: 2 causes that the baseline knows',
    'cookie-ignored  pptpd   1 case     start/known@recipient  It never looks at the Magic Cookie',
    'reserved-set',
    'pptpd: unstable from round to round (1)\n  case echo/shaky@recipient',
    'Planned and never finished (1)\n  pptpd lcp/slow@recipient',
  ].map((part) => [part, text.indexOf(part)] as const)
  expect(order.filter(([, at]) => at === -1)).toEqual([])
  expect(order.map(([, at]) => at)).toEqual(order.map(([, at]) => at).sort((a, b) => a - b))
  expect(lines.slice(-2)).toEqual([
    'Results: results/run-1',
    'The harness or its environment is at fault: 4 reasons, see above (10 cases, 2.0 s, exit 3)',
  ])
})

test('the heading is red above new and gone causes, and not above known ones', () => {
  const lines = play(EVERYTHING, { colour: true }).split('\n')
  const isRed = (text: string) => lines.find((line) => line.includes(text))?.includes('\u001b[31m')
  expect(isRed('that no cause of the baseline explains')).toBe(true)
  expect(isRed('missing where expected')).toBe(true)
  expect(isRed('that the baseline knows')).toBe(false)
  expect(isRed('1.4/magic-cookie')).toBe(true)
})

test('a result that a diagnosis explains is not repeated as a cause', () => {
  const text = summaryOf(play(EVERYTHING)).join('\n')
  expect(text.match(/never answers an Outgoing-Call-Request/g)).toHaveLength(1)
  expect(text).not.toContain('the implementation never answers')
})

test('43 known causes in two implementations take a line each: at most 70 lines in all', () => {
  const known = (implementation: string, count: number): readonly RunEvent[] => [
    implementationStarted(['a/b@recipient'], implementation, {
      causes: numbers(count).map((at) => causeOf(`cause-${at}`)),
    }),
    ...numbers(count).map((at) =>
      scenarioFinished(
        { scenario: `a/case-${at}@recipient`, verdict: 'fail', findings: [broken(`1.1/x${at}`)] },
        asExpected({ [`cause-${at}`]: [`1.1/x${at}`] }),
        implementation,
      ),
    ),
    implementationFinished({}, implementation),
  ]
  const events = [RUN_STARTED, ...known('pptpd', 25), ...known('pptp-linux', 18), runFinished(0)]
  for (const options of [{}, { isTty: true, columns: 160 }]) {
    const lines = summaryOf(stripVTControlCharacters(play(events, options)))
    expect(lines.length).toBeLessThanOrEqual(70)
    expect(lines.filter((line) => line.includes('It does cause-'))).toHaveLength(43)
    expect(lines.at(-1)).toMatch(/^As expected \(43 cases/)
  }
  // Known causes are in full only with --verbose.
  expect(play(events)).not.toContain('frame 6')
  expect(play(events, { verbose: true })).toContain('frame 6 of results/run-1/pptpd/x.pcapng')
})

test('without a baseline 40 groups take at most 80 lines, the ten worst in full', () => {
  const events = [
    RUN_STARTED,
    implementationStarted(['a/b@recipient']),
    // The warnings come first in the run, and last in the summary.
    ...numbers(40).map((at) => {
      const verdict = at < 30 ? ('warn' as const) : ('fail' as const)
      return scenarioFinished(
        { scenario: `a/case-${at}@recipient`, verdict, findings: [broken(`1.1/x${at}`, { verdict })] },
        NO_BASELINE,
      )
    }),
    implementationFinished(),
    runFinished(1, ...numbers(10).map((at) => `pptpd: fail of 1.1/x${at + 30}`)),
  ]
  const log = play(events)
  expect(log.trimEnd().split('\n').length).toBeLessThanOrEqual(80)
  expect(log).toContain('pptpd: 40 deviations, the worst first (there is no baseline)')
  const inFull = [...log.matchAll(/^(\S) \w+ 1\.1\/x(\d+) in 1 case\n {4}expected /gm)]
  expect(inFull.map(([, sign, at]) => [sign, Number(at)])).toEqual(numbers(10).map((at) => ['✗', at + 30]))
  expect(log.match(/^! WARN .*1\.1\/x/gm)).toHaveLength(30)
})

test('a list that does not fit says where the rest is', () => {
  const many = numbers(100).map((at) =>
    scenarioFinished(
      { scenario: `a/case-${at}@recipient`, verdict: 'fail', findings: [broken(`1.1/x${at}`)] },
      unexpected({ fresh: [`1.1/x${at}`] }),
    ),
  )
  const started = implementationStarted(['a/b@recipient'], 'pptpd', { causes: [] })
  const lines = summaryOf(play([RUN_STARTED, started, ...many, runFinished(1, 'much')]))
  expect(lines).toContain('  and 60 more: summary.md and results.json have them')
  const shaky = implementationFinished({
    unstable: {
      cases: numbers(50).map((at) => `a/case-${at}@recipient`),
      monitors: ['m 1.1/x'],
      causes: ['c'],
    },
  })
  const unstable = summaryOf(play([RUN_STARTED, started, shaky, runFinished(1, 'much')]))
  expect(unstable).toContain('pptpd: unstable from round to round (52)')
  expect(unstable).toContain('  and 12 more: results.json has them')
  const stable = implementationFinished({ unstable: { cases: [], monitors: [], causes: [] } })
  expect(summaryOf(play([RUN_STARTED, started, stable, runFinished(0)]))).toContain(
    'pptpd: the same in every round',
  )
})

test('a case stays green if a monitor found a violation in it', () => {
  const good = scenarioFinished(
    { scenario: 'start/good@recipient', verdict: 'pass' },
    asExpected(),
    'pptpd',
    {
      watched: [watched('call-ids', '2.7/call-id')],
    },
  )
  const end = implementationFinished({
    watched: [brokenSum('call-ids', '2.7/call-id', { comparison: unexpected({ fresh: ['2.7/call-id'] }) })],
  })
  const started = implementationStarted(['start/good@recipient'], 'pptpd', { causes: [] })
  const events = [RUN_STARTED, started, good, end, runFinished(1, 'pptpd: fail of 2.7/call-id')]
  expect(play(events, { verbose: true })).toContain('✓ PASS pptpd start/good@recipient 13 ms\n')
  const lines = summaryOf(play(events))
  expect(lines[1]?.trim().split(/ {2,}/)).toEqual(['pptpd', '0', '1', '0', '0', '0', '0', '0', '0'])
  expect(lines).toContain('✗ FAIL 2.7/call-id in 1 case, 1 monitor')
})

test('with --verbose each case has a line, and one that is not green all its details', () => {
  const log = play(EVERYTHING, { verbose: true })
  expect(log).toContain('✓ PASS pptpd start/good@recipient 13 ms\n')
  expect(log).toContain('- SKIP pptpd echo/skip@recipient 13 ms: no PPP\n')
  expect(log).toContain(
    [
      '✗ FAIL pptpd start/bad#cookie=0@recipient 1.4/magic-cookie',
      '    expected  the connection closes',
      '    seen      a reply',
      '    capture   frame 6 of results/run-1/pptpd/x.pcapng',
      '    baseline  NOT expected: the baseline has pass, seen fail of 1.4/magic-cookie',
    ].join('\n'),
  )
  expect(log).toContain('    baseline  expected: cookie-ignored (It never looks at the Magic Cookie)\n')
  expect(log).toContain(
    '? INCONCLUSIVE pptpd echo/lost@recipient\n    reason    no reply to the start\n    capture ',
  )
})

test('each unexpected requirement is reported once during the run', () => {
  const events = numbers(5).map((at) =>
    scenarioFinished(
      { scenario: `a/case-${at}@recipient`, verdict: 'fail', findings: [BROKEN] },
      unexpected({ fresh: [BROKEN.requirement] }),
    ),
  )
  expect(play(events).match(/not expected/g)).toHaveLength(1)
})

test('on a terminal, passed cases only show in the status line', () => {
  const shown = stripVTControlCharacters(play(EVERYTHING, { isTty: true, colour: true, columns: 120 }))
  expect(shown).not.toContain('PASS pptpd start/good')
  expect(shown).toContain('pptpd 1/20')
  expect(shown).toContain('pptpd lane 0: start/good@recipient')
  expect(shown).toContain('FAIL pptpd start/bad')
  expect(stripVTControlCharacters(play(EVERYTHING, { isTty: true, verbose: true, columns: 120 }))).toContain(
    'PASS pptpd start/good',
  )
})

test('lines for causes are no wider than the terminal', () => {
  for (const columns of [60, 80, 100, 200]) {
    const shown = stripVTControlCharacters(play(EVERYTHING, { isTty: true, columns }))
    const known = shown.slice(shown.indexOf('causes that the baseline knows')).split('\n').slice(1, 3)
    for (const line of known) expect(line.length).toBeLessThanOrEqual(columns)
    expect(known[0]).toContain('cookie-ignored')
  }
})

test('the displayed time is updated between events', () => {
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

test('without a terminal, a line of progress at intervals names the cases in play', () => {
  let text = ''
  const reporter = createConsoleReporter({
    write: (more) => {
      text += more
    },
    isTty: false,
    columns: 80,
    colour: false,
    verbose: false,
  })
  reporter.handle(RUN_STARTED)
  reporter.handle(implementationStarted(['a/b@recipient', 'a/c@recipient']))
  reporter.handle({
    at: RUN_STARTED.at + 500,
    kind: 'scenario-started',
    implementation: 'pptpd',
    scenario: 'a/b@recipient',
    lane: 1,
  })
  for (let second = 1; second <= 25; second++) reporter.tick(RUN_STARTED.at + second * 1000)
  expect(text.split('\n').filter((line) => line.includes('playing'))).toEqual([
    '  pptpd 0/2, 10.0 s; playing a/b@recipient',
    '  pptpd 0/2, 20.0 s; playing a/b@recipient',
  ])
})

test('the status line counts the cases of all rounds, and ends with the last case', () => {
  const round = (number: number) =>
    scenarioFinished({ scenario: 'a/b@recipient', verdict: 'pass' }, asExpected(), 'pptpd', {
      at: RUN_STARTED.at + number * 1000,
      round: number,
    })
  const started = [{ ...RUN_STARTED, repeat: 2 }, implementationStarted(['a/b@recipient'])]
  const first = stripVTControlCharacters(play([...started, round(1)], { isTty: true }))
  expect(first).toContain('pptpd 1/2, 1.0 s')
  const both = stripVTControlCharacters(play([...started, round(1), round(2)], { isTty: true }))
  expect(both).not.toContain('pptpd 2/2')
})

test('all text of an implementation is escaped for the terminal', () => {
  const evil = 'x\u001b[2J\u0007\u202e'
  const finding = { requirement: evil, verdict: 'fail', expected: evil, seen: evil } as const
  const events: readonly RunEvent[] = [
    RUN_STARTED,
    implementationStarted([evil, `${evil}2`], evil, {
      title: evil,
      otherRole: 1,
      provenance: { implementation: evil, versions: { [evil]: evil }, image: evil, engine: evil },
      causes: [causeOf(evil, { title: evil, owner: evil, effect: evil, reason: evil })],
    }),
    { ...DIAGNOSIS, implementation: evil, text: evil, remedies: [evil], log: [evil] },
    { at: 1, kind: 'notice', text: evil },
    { at: 1, kind: 'scenario-started', implementation: evil, scenario: evil, lane: 0 },
    scenarioFinished(
      { scenario: evil, verdict: 'fail', reason: evil, impairment: evil, findings: [finding] },
      unexpected({
        causes: { [evil]: [evil] },
        fresh: [evil],
        gone: { [evil]: [evil] },
        expected: evil,
        seen: evil,
      }),
      evil,
      { watched: [{ ...finding, monitor: evil }] },
    ),
    implementationFinished(
      {
        watched: [
          {
            monitor: evil,
            requirement: evil,
            verdict: 'fail',
            kept: 0,
            broken: 1,
            first: { case: evil, finding: { ...finding, monitor: evil } },
            comparison: unexpected({ fresh: [evil], expected: evil, seen: evil }),
          },
        ],
        stale: [{ cause: evil, detail: evil }],
        unstable: { cases: [evil], monitors: [evil], causes: [evil] },
      },
      evil,
    ),
    { at: 2, kind: 'run-finished', exitCode: 1, reasons: [evil], interrupted: evil },
  ]
  for (const verbose of [false, true]) {
    const log = play(events, { verbose })
    expect(log).not.toContain('\u001b')
    expect(log).not.toContain('\u0007')
    expect(log).not.toContain('\u202e')
  }
})
