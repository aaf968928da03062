import type { Comparison, RunEvent } from '../../runner/events.ts'
import type { ScenarioResult } from '../../scenario/verdict.ts'

/** Runs made by hand, for tests. */

export const RUN_STARTED: RunEvent = {
  at: 1_700_000_000_000,
  kind: 'run-started',
  format: 1,
  run: 'run-1',
  harness: '0.1.0',
  node: 'v20.20.2',
  seed: 7,
  clock: 'real',
  lanes: 2,
  arguments: [],
}

export function implementationStarted(planned: readonly string[], implementation = 'pptpd'): RunEvent {
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
  }
}

export function scenarioFinished(
  result: Partial<ScenarioResult> & Pick<ScenarioResult, 'scenario' | 'verdict'>,
  comparison: Comparison = { kind: 'as-expected' },
  implementation = 'pptpd',
): RunEvent {
  return {
    at: 1_700_000_001_000,
    kind: 'scenario-finished',
    implementation,
    lane: 0,
    result: { purpose: 'a purpose', findings: [], duration: 12.5, ...result },
    comparison,
    files: { trace: 'pptpd/x.json', pcapng: `${implementation}/x.pcapng` },
    frames: { '3': 6 },
  }
}

export const BROKEN = {
  requirement: '1.4/magic-cookie',
  verdict: 'fail',
  expected: 'the connection closes',
  seen: 'a reply',
  entry: 3,
} as const

export function runFinished(exitCode: 0 | 1 | 2 | 3, ...reasons: string[]): RunEvent {
  return { at: 1_700_000_002_000, kind: 'run-finished', exitCode, reasons }
}

/** A run with one of everything. */
export const EVERYTHING: readonly RunEvent[] = [
  RUN_STARTED,
  { at: 1_700_000_000_050, kind: 'notice', text: 'no engine: embedded peers only' },
  implementationStarted([
    'start/good',
    'start/bad#cookie=0',
    'start/known',
    'echo/fixed',
    'echo/skip',
    'echo/lost',
    'echo/dead',
    'lcp/slow',
  ]),
  {
    at: 1_700_000_000_200,
    kind: 'scenario-started',
    implementation: 'pptpd',
    scenario: 'start/good',
    lane: 0,
  },
  scenarioFinished({ scenario: 'start/good', verdict: 'pass', findings: [{ ...BROKEN, verdict: 'pass' }] }),
  scenarioFinished(
    { scenario: 'start/bad#cookie=0', verdict: 'fail', findings: [BROKEN] },
    { kind: 'unexpected', expected: 'pass', seen: 'fail' },
  ),
  scenarioFinished(
    { scenario: 'start/known', verdict: 'fail', findings: [BROKEN] },
    {
      kind: 'as-expected',
      deviation: {
        verdict: 'fail',
        requirements: ['1.4/magic-cookie'],
        reason: 'it never looks at the cookie',
      },
    },
  ),
  scenarioFinished(
    { scenario: 'echo/fixed', verdict: 'pass' },
    { kind: 'unexpected', expected: 'fail', seen: 'pass' },
  ),
  scenarioFinished({ scenario: 'echo/skip', verdict: 'skip', reason: 'no PPP' }),
  scenarioFinished(
    { scenario: 'echo/lost', verdict: 'inconclusive', reason: 'no reply to the start' },
    { kind: 'unexpected', expected: 'pass', seen: 'inconclusive' },
  ),
  scenarioFinished(
    { scenario: 'echo/dead', verdict: 'error', reason: 'the container died' },
    { kind: 'no-baseline' },
  ),
  {
    at: 1_700_000_001_500,
    kind: 'implementation-finished',
    implementation: 'pptpd',
    stale: [{ scenario: 'stop/old', detail: 'no such scenario' }],
  },
  runFinished(1, '3 results are not as expected'),
]
