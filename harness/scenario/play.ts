import type { PathImpairment } from '../network/impaired.ts'
import type { Network } from '../network/network.ts'
import type { PppAccounts } from '../ppp/profile.ts'
import { PPTP_PORT } from '../protocol/messages.ts'
import { type ReadTrace, readTrace } from '../trace/messages.ts'
import { recordNetwork } from '../trace/recorder.ts'
import type { Trace } from '../trace/trace.ts'
import type { Addresses } from './addresses.ts'
import { caseSeed } from './case-seed.ts'
import type { Dialler } from './dial.ts'
import { describeSchedule, findingsThatCount, type Impaired } from './impaired-verdict.ts'
import { attempt, createJudge } from './judge.ts'
import { judgeTrace, type Monitor } from './monitor.ts'
import type { TimerProfile } from './profile.ts'
import { type ScenarioCase, unplayable } from './scenario.ts'
import { createTester } from './tester.ts'
import { gravest, type ScenarioResult, type Verdict, type WatchedFinding } from './verdict.ts'

/** Where a case is played. */
export interface PlayEnvironment {
  readonly network: Network
  /** The IUT's address: dotted IPv4. */
  readonly address: string
  /** The port where a recipient listens; 1723 unless given. */
  readonly port?: number
  /** Addresses from which the tester reaches it, the usual one first; empty where nobody looked. */
  readonly testerAddresses?: readonly string[]
  /** An address near the IUT that nobody has, to claim as a source; absent where none is known. */
  readonly unusedAddress?: string | undefined
  readonly timers: TimerProfile
  /** PPP accounts of the IUT; absent where none is known. */
  readonly accounts?: PppAccounts | undefined
  /** Wall clock at the start, ms since 1970. */
  readonly startedAt: number
  /**
   * First of the numbers that the tester uses as Call IDs and identifiers, so that plays on one IUT
   * do not repeat them.
   */
  readonly firstUnique: number
  /**
   * The run's, 32 bits; what is random in a case derives from it and the case's id. 0 unless given.
   */
  readonly seed?: number
  /**
   * What happens to GRE in every case; one that asks for an impairment of its own has that instead.
   */
  readonly impairment?: PathImpairment | undefined
  /** Watch the trace for what holds in any conversation. */
  readonly monitors?: readonly Monitor[]
  /**
   * Waits, for a limited time, until the IUT has finished with that many connections of this play.
   * What a server still does about an old connection must not disturb the next one.
   */
  readonly settled?: (connections: number) => Promise<unknown>
  /** Makes an originator dial; absent where nobody can. */
  readonly dial?: Dialler | undefined
}

export interface Played {
  /** What the scenario itself came to. */
  readonly result: ScenarioResult
  /** What the monitors found in the same trace; none where the harness is at fault. */
  readonly watched: readonly WatchedFinding[]
  readonly trace: Trace
  /**
   * The same trace with what it says, read when somebody first looks.
   * Absent where the case was not played.
   */
  readonly reading?: ReadTrace
}

/** Plays one case to its end. Never throws: what goes wrong is a verdict. */
export async function play(one: ScenarioCase, environment: PlayEnvironment): Promise<Played> {
  const { scenario } = one
  const { clock } = environment.network
  const { testerAddresses = [], unusedAddress } = environment
  const addresses: Addresses = { iut: environment.address, tester: testerAddresses, unused: unusedAddress }
  const unplayed = unplayable(one, addresses)
  if (unplayed !== undefined) return skipped(one, unplayed, environment.startedAt)
  const started = clock.now()
  const impaired = impairmentOf(one, environment)
  const recorder = recordNetwork(environment.network, {
    startedAt: environment.startedAt,
    impairment: impaired && { seed: caseSeed(impaired.seed, one.id), ...impaired.plan },
  })
  const judge = createJudge(scenario.catalogue, scenario.decides, scenario.readings, scenario.passesOver)
  let counter = environment.firstUnique
  const { tester, close, settle } = createTester(
    {
      clock,
      timers: environment.timers,
      accounts: environment.accounts,
      judge,
      note: recorder.note,
      unique: () => counter++,
    },
    recorder.network,
    { port: environment.port ?? PPTP_PORT, ...addresses },
    one.variation,
    { settled: environment.settled, dial: environment.dial },
  )
  const ended = await attempt(() => scenario.body(tester))
  const closing = await attempt(close)
  const settling = attempt(settle)
  // The monitors look while the IUT finishes: what arrives so late is rare, and they look again.
  let seen = look()
  const unsettled = await settling
  if (recorder.entries() > seen.trace.entries.length) seen = look()
  const { trace, reading, watched } = seen
  const overflow = recorder.overflow()
  const { findings: own, setAside } = findingsThatCount(judge.findings, trace, impaired)
  const aside = setAside === undefined ? undefined : ({ verdict: 'inconclusive', reason: setAside } as const)
  const failure =
    overflow === undefined
      ? (ended ?? closing ?? unsettled ?? aside)
      : { verdict: 'error' as const, reason: overflow }
  const found = gravest(own.map((finding) => finding.verdict))
  const plain: Verdict = failure?.verdict ?? found ?? 'error'
  // A failure that the trace already proves is not taken back because the scenario could not go on.
  const verdict = plain === 'inconclusive' && found === 'fail' ? 'fail' : plain
  const reason = failure?.reason ?? (own.length === 0 ? 'the scenario decided nothing' : undefined)
  return {
    trace,
    reading,
    watched,
    result: {
      scenario: one.id,
      purpose: scenario.purpose,
      verdict,
      ...(reason === undefined ? {} : { reason }),
      findings: own,
      ...(impaired === undefined ? {} : { impairment: describeSchedule(trace, impaired) }),
      duration: clock.now() - started,
    },
  }

  function look(): { trace: Trace; reading: ReadTrace; watched: readonly WatchedFinding[] } {
    const trace = recorder.trace()
    const reading = readTrace(trace)
    const whole = recorder.overflow() === undefined
    return { trace, reading, watched: whole ? judgeTrace(reading, 'iut', environment.monitors ?? []) : [] }
  }
}

function impairmentOf(
  { scenario }: ScenarioCase,
  { impairment, seed = 0 }: PlayEnvironment,
): Impaired | undefined {
  const plan = scenario.impairment ?? impairment
  return plan && { plan, seed, own: scenario.impairment !== undefined }
}

function skipped(one: ScenarioCase, reason: string, startedAt: number): Played {
  const { id, scenario } = one
  return {
    result: { scenario: id, purpose: scenario.purpose, verdict: 'skip', reason, findings: [], duration: 0 },
    watched: [],
    trace: { startedAt, entries: [] },
  }
}
