import type { Cause, Comparison, EventOf, RunEvent, WatchedSum } from '../../runner/events.ts'
import type { Finding, ScenarioResult } from '../../scenario/verdict.ts'

/** Runs made by hand, for tests. */

export const RUN_STARTED: EventOf<'run-started'> = {
  at: 1_700_000_000_000,
  kind: 'run-started',
  format: 2,
  run: 'run-1',
  harness: '0.1.0',
  node: 'v20.20.2',
  seed: 7,
  clock: 'real',
  lanes: 2,
  arguments: [],
}

/** A cause of a baseline. */
export function causeOf(id: string, more: Partial<Cause> = {}): Cause {
  return {
    id,
    title: `It does ${id}`,
    owner: 'pptpd',
    effect: 'users notice',
    reason: 'so its source says',
    ...more,
  }
}

export function implementationStarted(
  planned: readonly string[],
  implementation = 'pptpd',
  more: Partial<EventOf<'implementation-started'>> = {},
): EventOf<'implementation-started'> {
  return {
    at: 1_700_000_000_100,
    kind: 'implementation-started',
    implementation,
    title: 'pptpd',
    pics: {
      roles: ['recipient'],
      outgoingCalls: true,
      incomingCalls: false,
      ppp: true,
      callsPerConnection: 1,
    },
    provenance: { implementation, versions: { pptpd: '1.4.0' }, engine: 'docker 20.10' },
    planned,
    ...more,
  }
}

export const NO_BASELINE: Comparison = { kind: 'no-baseline' }

/** A result that the baseline expects: by no cause, or by causes with the requirements broken. */
export function asExpected(causes: Readonly<Record<string, readonly string[]>> = {}): Comparison {
  return { kind: 'as-expected', causes: shownIn(causes) }
}

/**
 * A result that the baseline does not expect: requirements that no cause claims are broken, or
 * causes do not show.
 */
export function unexpected({
  causes = {},
  fresh = [],
  gone = {},
  expected = 'pass',
  seen = 'pass',
}: {
  readonly causes?: Readonly<Record<string, readonly string[]>>
  readonly fresh?: readonly string[]
  readonly gone?: Readonly<Record<string, readonly string[]>>
  readonly expected?: string
  readonly seen?: string
}): Comparison {
  return {
    kind: 'unexpected',
    causes: shownIn(causes),
    fresh,
    gone: Object.entries(gone).map(([cause, what]) => ({ cause, what })),
    expected,
    seen,
  }
}

function shownIn(causes: Readonly<Record<string, readonly string[]>>) {
  return Object.entries(causes).map(([cause, requirements]) => ({ cause, requirements }))
}

/** Some fields of a type, with those named by `K` required. */
type Named<T, K extends keyof T> = Partial<T> & Pick<T, K>

export function scenarioFinished(
  result: Named<ScenarioResult, 'scenario' | 'verdict'>,
  comparison: Comparison = asExpected(),
  implementation = 'pptpd',
  more: Partial<EventOf<'scenario-finished'>> = {},
): EventOf<'scenario-finished'> {
  return {
    at: 1_700_000_001_000,
    kind: 'scenario-finished',
    implementation,
    lane: 0,
    result: { purpose: 'a purpose', findings: [], duration: 12.5, ...result },
    comparison,
    files: { trace: `${implementation}/x.json`, pcapng: `${implementation}/x.pcapng` },
    frames: { '3': 6 },
    ...more,
  }
}

export const BROKEN = {
  requirement: '1.4/magic-cookie',
  verdict: 'fail',
  expected: 'the connection closes',
  seen: 'a reply',
  entry: 3,
} as const satisfies Finding

/**
 * Makes a finding that a requirement is broken. The last number of its id is spelled in letters in
 * the seen text, because seen texts that differ only in numbers count as the same.
 */
export function broken(requirement: string, more: Partial<Finding> = {}): Finding {
  const seen = requirement.replace(/\d+\.?$/, (number) =>
    number.replaceAll(/\d/g, (digit) => 'abcdefghij'[Number(digit)] ?? digit),
  )
  return { ...BROKEN, requirement, seen: `${seen} broken`, ...more }
}

/** Makes the sum of what a monitor found about a requirement over all cases. */
export function sumOf(
  monitor: string,
  requirement: string,
  more: Partial<WatchedSum> & { readonly round?: number } = {},
): WatchedSum {
  return { monitor, requirement, verdict: 'pass', kept: 5, broken: 0, comparison: asExpected(), ...more }
}

/** Makes the sum of a monitor that found a requirement broken in one case. */
export function brokenSum(
  monitor: string,
  requirement: string,
  { verdict = 'fail', comparison, in: found = 'start/good@recipient', ...more }: BrokenSum,
): WatchedSum {
  const finding = { ...broken(requirement), verdict, monitor }
  return sumOf(monitor, requirement, {
    verdict,
    broken: 1,
    first: { case: found, finding, frame: 6 },
    comparison,
    ...more,
  })
}

interface BrokenSum {
  readonly verdict?: 'warn' | 'fail'
  readonly comparison: Comparison
  /** The case in which the requirement was broken. */
  readonly in?: string
  readonly kept?: number
  readonly round?: number
}

/** Makes the finding of a monitor in one case. */
export function watched(monitor: string, requirement: string, more: Partial<Finding> = {}) {
  return { ...broken(requirement, more), monitor }
}

export function implementationFinished(
  more: Partial<EventOf<'implementation-finished'>> = {},
  implementation = 'pptpd',
): EventOf<'implementation-finished'> {
  return {
    at: 1_700_000_001_500,
    kind: 'implementation-finished',
    implementation,
    watched: [],
    stale: [],
    ...more,
  }
}

export function runFinished(exitCode: 0 | 1 | 2 | 3, ...reasons: string[]): EventOf<'run-finished'> {
  return { at: 1_700_000_002_000, kind: 'run-finished', exitCode, reasons }
}

export const DIAGNOSIS: EventOf<'diagnosis'> = {
  at: 1_700_000_000_110,
  kind: 'diagnosis',
  implementation: 'pptpd',
  text: 'never answers an Outgoing-Call-Request',
  remedies: ['see whether it can start its PPP daemon'],
  log: ['pppd: no such file'],
  cases: 1,
}

/** A run with each kind of event, verdict and comparison. */
export const EVERYTHING: readonly RunEvent[] = [
  { ...RUN_STARTED, repeat: 2 },
  { at: 1_700_000_000_050, kind: 'notice', text: 'no engine: embedded peers only' },
  implementationStarted(
    [
      'start/good@recipient',
      'start/bad#cookie=0@recipient',
      'start/known@recipient',
      'echo/fixed@recipient',
      'echo/skip@recipient',
      'echo/lost@recipient',
      'echo/dead@recipient',
      'echo/shaky@recipient',
      'outgoing-call/accepted@recipient',
      'lcp/slow@recipient',
    ],
    'pptpd',
    {
      otherRole: 3,
      causes: [
        causeOf('cookie-ignored', { title: 'It never looks at the Magic Cookie' }),
        causeOf('echo-swapped'),
        causeOf('reserved-set', { owner: 'kernel' }),
        causeOf('stop-old'),
      ],
    },
  ),
  DIAGNOSIS,
  {
    at: 1_700_000_000_200,
    kind: 'scenario-started',
    implementation: 'pptpd',
    scenario: 'start/good@recipient',
    lane: 0,
  },
  scenarioFinished(
    { scenario: 'start/good@recipient', verdict: 'pass', findings: [{ ...BROKEN, verdict: 'pass' }] },
    asExpected(),
    'pptpd',
    {
      watched: [
        watched('reserved-fields', '1.4/reserved', { verdict: 'warn' }),
        watched('call-ids', '2.7/call-id'),
      ],
    },
  ),
  scenarioFinished(
    { scenario: 'start/bad#cookie=0@recipient', verdict: 'fail', findings: [BROKEN] },
    unexpected({ fresh: ['1.4/magic-cookie'], seen: 'fail of 1.4/magic-cookie' }),
  ),
  scenarioFinished(
    { scenario: 'start/known@recipient', verdict: 'fail', findings: [BROKEN] },
    asExpected({ 'cookie-ignored': ['1.4/magic-cookie'] }),
  ),
  scenarioFinished(
    { scenario: 'echo/fixed@recipient', verdict: 'pass' },
    unexpected({ gone: { 'echo-swapped': ['2.6/identifier'] }, expected: 'fail of 2.6/identifier' }),
  ),
  scenarioFinished({ scenario: 'echo/skip@recipient', verdict: 'skip', reason: 'no PPP' }),
  scenarioFinished(
    { scenario: 'echo/lost@recipient', verdict: 'inconclusive', reason: 'no reply to the start' },
    unexpected({ fresh: ['inconclusive'], seen: 'inconclusive' }),
  ),
  scenarioFinished(
    { scenario: 'echo/dead@recipient', verdict: 'error', reason: 'the container died' },
    unexpected({ fresh: ['error'], seen: 'error' }),
  ),
  scenarioFinished(
    {
      scenario: 'outgoing-call/accepted@recipient',
      verdict: 'inconclusive',
      reason: `the implementation ${DIAGNOSIS.text}`,
    },
    unexpected({ fresh: ['inconclusive'], seen: 'inconclusive' }),
  ),
  scenarioFinished({ scenario: 'echo/shaky@recipient', verdict: 'pass' }, asExpected(), 'pptpd', {
    round: 1,
  }),
  scenarioFinished(
    {
      scenario: 'echo/shaky@recipient',
      verdict: 'warn',
      findings: [broken('2.5/echo', { verdict: 'warn' })],
    },
    unexpected({ fresh: ['2.5/echo'], seen: 'warn of 2.5/echo' }),
    'pptpd',
    { round: 2 },
  ),
  implementationFinished({
    watched: [
      sumOf('message-header', '1.4/length'),
      brokenSum('reserved-fields', '1.4/reserved', {
        verdict: 'warn',
        comparison: asExpected({ 'reserved-set': ['1.4/reserved'] }),
      }),
      brokenSum('call-ids', '2.7/call-id', {
        comparison: unexpected({ fresh: ['2.7/call-id'], seen: 'fail of 2.7/call-id' }),
      }),
    ],
    stale: [{ cause: 'stop-old', detail: 'no result shows this cause any more' }],
    unstable: { cases: ['echo/shaky@recipient'], monitors: [], causes: [] },
  }),
  runFinished(
    3,
    'pptpd never answers an Outgoing-Call-Request',
    'pptpd echo/dead@recipient: error: the container died',
    'pptpd: fail of 1.4/magic-cookie in start/bad#cookie=0@recipient, which no cause explains',
    'pptpd cause stop-old: no result shows this cause any more',
  ),
]
