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

/** What a case is played with: the network, the IUT's addresses and timers, monitors. */
export interface PlayEnvironment {
  readonly network: Network
  /** The IUT's address: dotted IPv4. */
  readonly address: string
  /** The port where a recipient listens; 1723 unless given. */
  readonly port?: number
  /**
   * The tester's addresses from which the IUT is reached, the usual one first; empty if unknown.
   */
  readonly testerAddresses?: readonly string[]
  /** An unused address in the IUT's network, to send from under a false name; absent if unknown. */
  readonly unusedAddress?: string | undefined
  readonly timers: TimerProfile
  /** PPP accounts of the IUT; absent if unknown. */
  readonly accounts?: PppAccounts | undefined
  /** Wall clock at the start, ms since 1970. */
  readonly startedAt: number
  /**
   * The first number that the tester uses as a Call ID or identifier; it counts up from there.
   * Plays on one IUT begin at different numbers, so that none is used twice.
   */
  readonly firstUnique: number
  /**
   * The seed of the run, 32 bits; 0 unless given. With the case's id it determines what is random.
   */
  readonly seed?: number
  /** Impairment of GRE in every case; a scenario with an impairment of its own has that instead. */
  readonly impairment?: PathImpairment | undefined
  /** Monitors that judge the trace; none unless given. */
  readonly monitors?: readonly Monitor[]
  /**
   * Waits, for a limited time, until the IUT has finished with that many connections of this play,
   * so that its work on an old connection does not disturb the next one.
   */
  readonly settled?: (connections: number) => Promise<unknown>
  /** Makes an originator dial; absent where it cannot be made to. */
  readonly dial?: Dialler | undefined
}

/** A case that was played. */
export interface Played {
  /** The result of the scenario itself, without monitors. */
  readonly result: ScenarioResult
  /** Findings of the monitors in the same trace; empty where the trace is incomplete. */
  readonly watched: readonly WatchedFinding[]
  readonly trace: Trace
  /** The messages and packets of `trace`, decoded on first use; absent where it was not played. */
  readonly reading?: ReadTrace
}

/** Plays one case to its end. Never throws: a failure of the harness is the verdict `error`. */
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
  // Monitors judge the trace while the IUT finishes, to save time. If entries are added meanwhile,
  // which is rare, monitors judge it again.
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
  // A `fail` among the findings stands, even if the scenario could not go on afterwards.
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
