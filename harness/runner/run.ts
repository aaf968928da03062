import { EnvironmentError, HarnessError } from '../errors/errors.ts'
import type { Implementation, Replica } from '../implementations/implementation.ts'
import type { PathImpairment } from '../network/impaired.ts'
import { PPTP_PORT } from '../protocol/messages.ts'
import type { Monitor } from '../scenario/monitor.ts'
import { play } from '../scenario/play.ts'
import type { Pics } from '../scenario/profile.ts'
import { inapplicable, type Need, type ScenarioCase } from '../scenario/scenario.ts'
import type { ScenarioResult } from '../scenario/verdict.ts'
import { traceToJson } from '../trace/json.ts'
import { writePcapng } from '../trace/pcapng.ts'
import type { Trace } from '../trace/trace.ts'
import { type Baseline, compare, staleAnywhere, staleEntries, unexplainedIn } from './baseline.ts'
import type { RunEvent } from './events.ts'
import { caseFile, type NewRunEvent, type Store } from './store.ts'

/** One implementation and what to play against it. */
export interface Job {
  readonly implementation: Implementation
  readonly cases: readonly ScenarioCase[]
  /** Undefined: no deviation is expected, and none is known. */
  readonly baseline?: Baseline | undefined
}

export interface RunOptions {
  readonly jobs: readonly Job[]
  /** Replicas of each implementation, each playing one case at a time. Timed cases have others besides. */
  readonly lanes: number
  /**
   * `accelerated`: timed cases live under the implementation's accelerated clock, and all others under its usual one, which mostly is ours; an
   * implementation whose clock cannot be accelerated plays all in real time, as `real` has it.
   */
  readonly clock: 'real' | 'accelerated'
  readonly store: Store
  /** Hears of every event after it was stored. */
  readonly report: (event: RunEvent) => void
  /** Ids of every case that exists, played or not: what a baseline may speak of. */
  readonly knownCases: readonly string[]
  /** Watch every trace for what holds in any conversation. */
  readonly monitors: readonly Monitor[]
  /** Cases that every sane implementation of their role passes: played first and last, so that a dead one is not taken for a wrong one. */
  readonly smokes: readonly ScenarioCase[]
  readonly header: Omit<Extract<RunEvent, { kind: 'run-started' }>, 'at' | 'kind' | 'format' | 'lanes'>
  /** Aborted on Ctrl-C: no further case is begun. Its reason says why. */
  readonly signal: AbortSignal
}

export interface RunOutcome {
  readonly exitCode: 0 | 1 | 3
  readonly results: ReadonlyMap<string, readonly ScenarioResult[]>
  /** By implementation: why its results say more about this run than about it, so that no baseline should be made of them. */
  readonly unfit: ReadonlyMap<string, string>
}

/**
 * Plays jobs one after the other, each on its lanes, and stores everything as it happens.
 * @throws EnvironmentError when an implementation cannot be started; what was finished before is stored.
 */
export async function run(options: RunOptions): Promise<RunOutcome> {
  const { store, signal } = options
  const emit = (event: NewRunEvent): void => options.report(store.append(event))
  const results = new Map<string, ScenarioResult[]>()
  const unfit = new Map<string, string>()
  const reasons: string[] = []
  let failed = false
  let broken = false

  emit({ kind: 'run-started', format: 1, lanes: options.lanes, ...options.header })
  try {
    for (const job of options.jobs) {
      if (signal.aborted) break
      const outcome = await playJob(job, options, emit)
      results.set(job.implementation.name, outcome.results)
      reasons.push(...outcome.reasons)
      if (outcome.unfit !== undefined) unfit.set(job.implementation.name, outcome.unfit)
      failed ||= outcome.failed
      broken ||= outcome.broken
    }
  } catch (error) {
    // What a stopped start complains of is not the environment's fault.
    const reason = error instanceof Error ? error.message : String(error)
    emit({
      kind: 'run-finished',
      exitCode: error instanceof HarnessError && !signal.aborted ? error.exitCode : 3,
      reasons: signal.aborted ? [`interrupted: ${signal.reason}`] : [reason],
      ...(signal.aborted ? { interrupted: String(signal.reason) } : {}),
    })
    throw error
  }
  const interrupted = signal.aborted ? String(signal.reason ?? 'interrupted') : undefined
  const exitCode = broken || interrupted !== undefined ? 3 : failed ? 1 : 0
  if (interrupted !== undefined) reasons.push(`interrupted: ${interrupted}`)
  emit({ kind: 'run-finished', exitCode, reasons, ...(interrupted === undefined ? {} : { interrupted }) })
  return { exitCode, results, unfit }
}

interface JobOutcome {
  readonly results: ScenarioResult[]
  readonly reasons: readonly string[]
  readonly failed: boolean
  readonly broken: boolean
  /** See {@link RunOutcome.unfit}. */
  readonly unfit: string | undefined
}

async function playJob(
  job: Job,
  options: RunOptions,
  emit: (event: NewRunEvent) => void,
): Promise<JobOutcome> {
  const { implementation, baseline } = job
  const name = implementation.name
  const results: ScenarioResult[] = []
  const reasons: string[] = []
  let failed = false
  let broken = false
  let unfit: string | undefined

  const finish = (one: Played, lane: number): void => {
    const { result } = one
    const comparison = compare(result, baseline)
    results.push(result)
    if (result.verdict === 'error') {
      broken = true
      unfit ??= `${result.scenario} ended in an error`
      reasons.push(`${name} ${result.scenario}: error: ${result.reason ?? 'unknown'}`)
    } else if (comparison.kind === 'unexpected') {
      failed = true
      reasons.push(`${name} ${result.scenario}: expected ${comparison.expected}, saw ${comparison.seen}`)
    } else if (comparison.kind === 'no-baseline' && result.verdict !== 'warn') {
      failed = true
      reasons.push(`${name} ${result.scenario}: ${result.verdict}`)
    }
    emit({
      kind: 'scenario-finished',
      implementation: name,
      lane,
      result,
      comparison,
      ...one.clock,
      ...(one.stored === undefined ? {} : one.stored),
    })
  }

  const queue: ScenarioCase[] = []
  const timed: ScenarioCase[] = []
  const skipped: { readonly one: ScenarioCase; readonly reason: string }[] = []
  for (const one of job.cases) {
    const reason = inapplicable(one, implementation.pics)
    if (reason !== undefined) skipped.push({ one, reason })
    else if (one.scenario.timer === undefined) queue.push(one)
    else timed.push(one)
  }
  timed.sort((a, b) => waitOf(b) - waitOf(a))
  // There is only one of it, so its timers cannot run side by side.
  const alone = implementation.kind === 'remote'
  if (alone) queue.push(...timed.splice(0))
  // Apart, so that those without a call need no more than they do.
  const crews: readonly TimedCrew[] = [false, true].map((calls) => ({
    calls,
    queue: timed.filter((one) => placesCalls(one) === calls),
  }))

  const progress = (text: string): void => emit({ kind: 'notice', text })
  const unexplained = unexplainedIn(baseline)
  if (unexplained > 0)
    progress(`${name}: ${unexplained} of the deviations that its baseline expects have no reason yet`)
  const waits = queue.map(waitOf).filter((wait) => wait > 0)
  if (waits.length > 0)
    progress(
      `${counted(waits.length)} one after the other, real clock: at most ${Math.ceil(waits.reduce((sum, wait) => sum + wait, 0) / 60_000)} min; --scenario '!(timers)/*' leaves them out`,
    )
  const stopped = whenAborted(options.signal)
  const replicas = await startUnless(
    options.signal,
    implementation.start(
      alone ? 1 : Math.max(1, Math.min(options.lanes, queue.length)),
      progress,
      // Without a case only the smoke scenario is left, which places none.
      { calls: queue.length > 0, clock: options.clock === 'real' ? 'real' : 'usual' },
    ),
  )
  const groups: { readonly replicas: readonly Replica[]; readonly queue: ScenarioCase[] }[] = [
    { replicas, queue },
  ]
  try {
    for (const crew of crews)
      groups.push({
        replicas: await startTimed(implementation, crew, options.clock, progress),
        queue: crew.queue,
      })
    const first = replicas[0]
    if (first === undefined) throw new EnvironmentError(`${name} started no replica`)
    emit({
      kind: 'implementation-started',
      implementation: name,
      title: implementation.title,
      pics: implementation.pics,
      provenance: first.provenance,
      planned: job.cases.map((one) => one.id),
    })
    for (const { one, reason } of skipped) finish({ result: notPlayed(one, 'skip', reason) }, 0)

    const smokes = smokesFor([...queue, ...timed], options.smokes, implementation.pics)
    const dead = await smokeFailure(first, smokes, options.signal)
    if (dead !== undefined) {
      // Nothing can be said about an implementation that does not even get through this: the fault is in how it is run.
      broken = true
      unfit = `it does not pass the smoke scenario ${dead.smoke.id}`
      reasons.push(
        `${name} does not pass the smoke scenario ${dead.smoke.id}: ${dead.why}; ${adviceFor(dead.smoke, first)}`,
      )
      emit({ kind: 'notice', text: reasons[reasons.length - 1] ?? '' })
      for (const one of groups.flatMap(({ queue }) => queue.splice(0)))
        finish({ result: notPlayed(one, 'inconclusive', `the smoke scenario did not pass: ${dead.why}`) }, 0)
    }

    const lastOf = new Map<Replica, string>()
    const playAll = (crew: readonly Replica[], queue: ScenarioCase[], firstLane: number) =>
      crew.map(async (replica, at) => {
        const lane = firstLane + at
        let played = 0
        while (!options.signal.aborted) {
          const death = replica.death()
          if (death !== undefined && queue.length > 0) {
            if (crew.every((other) => other.death() !== undefined))
              for (const one of queue.splice(0))
                finish(
                  { result: notPlayed(one, 'inconclusive', `the implementation is dead: ${death}`) },
                  lane,
                )
            return
          }
          const one = queue.shift()
          if (one === undefined) return
          lastOf.set(replica, one.id)
          emit({ kind: 'scenario-started', implementation: name, scenario: one.id, lane })
          const firstUnique = UNIQUE_BASE + (lane * 1000 + played) * UNIQUE_STEP
          const outcome = await Promise.race([
            playCase(one, replica, firstUnique, { ...options, ...options.header }),
            stopped,
          ])
          played++
          if (outcome === undefined || options.signal.aborted) return
          const clock = clockOf(implementation, replica)
          finish({ result: outcome.result, clock, stored: keep(outcome, one, name, options.store) }, lane)
        }
      })
    let numbered = 0
    await Promise.all(
      groups.flatMap(({ replicas, queue }) => {
        const playing = playAll(replicas, queue, numbered)
        numbered += replicas.length
        return playing
      }),
    )

    if (!options.signal.aborted)
      for (const replica of groups.flatMap(({ replicas }) => replicas)) {
        const death = replica.death()
        if (death === undefined) continue
        // Other replicas may have played what this one left over: without this, nothing might be red.
        failed = true
        unfit ??= 'it died'
        const last = lastOf.get(replica)
        const text = `${name} died ${last === undefined ? 'before its first case' : `in ${last}, or right behind it`}: ${death}`
        reasons.push(text)
        progress(text)
      }
    const living = replicas.find((replica) => replica.death() === undefined)
    if (dead === undefined && living !== undefined && !options.signal.aborted) {
      const end = await smokeFailure(living, smokes, options.signal)
      if (end !== undefined) {
        failed = true
        unfit ??= 'it no longer passes the smoke scenario at the end'
        reasons.push(`${name} no longer passes the smoke scenario at the end of the run: ${end.why}`)
        emit({
          kind: 'notice',
          text: `${name} no longer passes the smoke scenario ${end.smoke.id}: ${end.why}`,
        })
      }
    }
  } finally {
    const stops = groups.flatMap(({ replicas }) => replicas).map((replica) => replica.stop())
    // All results are there, and the next run removes what this one leaves behind.
    for (const stop of await Promise.allSettled(stops))
      if (stop.status === 'rejected') progress(`${name}: not all was cleared away: ${messageOf(stop.reason)}`)
  }
  // Whether something shows nowhere can only be said when everything was played.
  const whole =
    !options.signal.aborted && options.knownCases.every((id) => results.some((one) => one.scenario === id))
  const stale = [
    ...staleEntries(baseline, options.knownCases),
    ...(whole ? staleAnywhere(baseline, results) : []),
  ]
  if (stale.length > 0) {
    failed = true
    for (const { scenario, detail } of stale) reasons.push(`${name} baseline entry ${scenario}: ${detail}`)
  }
  emit({ kind: 'implementation-finished', implementation: name, stale })
  return { results, reasons, failed, broken, unfit }
}

/** Timed cases, and whether calls are placed in them. The longest wait comes first. */
interface TimedCrew {
  readonly calls: boolean
  readonly queue: ScenarioCase[]
}

/** Timed cases of a crew side by side. Their replicas mostly sleep, but each has to be started, which takes longer than a short wait. */
const MOST_TIMED = { real: 16, accelerated: 5 } as const

/**
 * Starts a replica for each timed case, as far as may be, so that all wait at once: servers may look at one new connection only, and wait for
 * its first message before they look at the next.
 */
async function startTimed(
  implementation: Implementation,
  { calls, queue }: TimedCrew,
  wanted: RunOptions['clock'],
  progress: (text: string) => void,
): Promise<readonly Replica[]> {
  const [longest] = queue
  if (longest === undefined) return []
  const clock = implementation.acceleration === undefined ? 'real' : wanted
  const speed = clock === 'accelerated' ? (implementation.acceleration ?? 1) : 1
  if (implementation.kind !== 'embedded')
    progress(
      `${counted(queue.length)} side by side, ${clock} clock: at most ${Math.ceil(waitOf(longest) / speed / 1_000)} s each`,
    )
  return implementation.start(Math.min(MOST_TIMED[clock], queue.length), progress, { calls, clock })
}

function counted(cases: number): string {
  return `${cases} timed ${cases === 1 ? 'case' : 'cases'}`
}

const NEEDS_CALLS: readonly Need[] = ['outgoing-calls', 'incoming-calls', 'ppp', 'two-calls']

function placesCalls({ needs }: ScenarioCase): boolean {
  return needs.some((need) => NEEDS_CALLS.includes(need))
}

function waitOf(one: ScenarioCase): number {
  return one.scenario.timer?.wait ?? 0
}

function clockOf(implementation: Implementation, { timers: { speed } }: Replica): ClockOfResult {
  if (implementation.kind === 'embedded') return { clock: 'virtual', speed }
  return { clock: speed === 1 ? 'real' : 'accelerated', speed }
}

type ClockOfResult = Pick<Extract<RunEvent, { kind: 'scenario-finished' }>, 'clock' | 'speed'>
type Stored = Pick<Extract<RunEvent, { kind: 'scenario-finished' }>, 'files' | 'frames' | 'counts'>

interface Played {
  readonly result: ScenarioResult
  readonly clock?: ClockOfResult
  readonly stored?: Stored
}

/** Numbers for Call IDs and identifiers: each play has its own stretch, so that late packets of one are strangers to the next. */
const UNIQUE_BASE = 257
const UNIQUE_STEP = 64

interface CaseOutcome extends Awaited<ReturnType<typeof play>> {
  readonly log: readonly string[]
}

/** What the cases of a run have in common. */
interface Conditions {
  readonly monitors: readonly Monitor[]
  readonly seed: number
  readonly impairment?: PathImpairment | undefined
  readonly signal?: AbortSignal
}

async function playCase(
  one: ScenarioCase,
  replica: Replica,
  firstUnique: number,
  { monitors, seed, impairment, signal }: Conditions,
): Promise<CaseOutcome> {
  replica.takeLog()
  const refusal = await configure(one, replica)
  if (refusal !== undefined)
    return {
      result: notPlayed(one, 'error', replica.death() ?? refusal),
      trace: { startedAt: Date.now(), entries: [] },
      log: [],
    }
  return replica.play(async () => {
    const network = await replica.openNetwork()
    // A case in flight when the run is stopped is lost; nothing of it is worth waiting for.
    const stop = () => void network.close()
    signal?.addEventListener('abort', stop)
    const startedAt = Date.now()
    try {
      const played = await play(one, {
        network,
        address: replica.address,
        ...(replica.port === undefined ? {} : { port: replica.port }),
        ...(replica.testerAddresses === undefined ? {} : { testerAddresses: replica.testerAddresses }),
        unusedAddress: replica.unusedAddress,
        timers: replica.timers,
        accounts: replica.accounts,
        startedAt,
        firstUnique,
        seed,
        impairment,
        monitors,
        dial: replica.dial,
        ...(replica.settled === undefined ? {} : { settled: replica.settled }),
      })
      return {
        ...played,
        result: survived(played.result, replica.death()),
        log: replica.takeLog().map((line) => `${((line.at - startedAt) / 1000).toFixed(3)} ${line.text}`),
      }
    } finally {
      signal?.removeEventListener('abort', stop)
      await network.close()
    }
  })
}

/** A result in the light of a death: of one that died under a case nobody can say that it passes. What the trace proves stays proved. */
function survived(result: ScenarioResult, death: string | undefined): ScenarioResult {
  if (death === undefined || result.verdict === 'skip') return result
  const { verdict, reason } = result
  return {
    ...result,
    verdict: verdict === 'fail' || verdict === 'error' ? verdict : 'inconclusive',
    reason: `${reason === undefined ? '' : `${reason}; `}the implementation died: ${death}`,
  }
}

/** Gives a replica the PPP profile that a case asks for; why it cannot be given. */
async function configure({ scenario }: ScenarioCase, replica: Replica): Promise<string | undefined> {
  try {
    await replica.configure?.(scenario.profile ?? 'usual')
    return undefined
  } catch (error) {
    return messageOf(error)
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/**
 * The replicas of a start, unless the run is stopped before: then nobody waits for it any more.
 * @throws Error when the run is stopped.
 */
async function startUnless(
  signal: AbortSignal,
  start: Promise<readonly Replica[]>,
): Promise<readonly Replica[]> {
  const replicas = await Promise.race([start, whenAborted(signal)])
  if (replicas !== undefined) return replicas
  start.catch(() => {})
  throw new Error(`stopped: ${signal.reason}`)
}

function whenAborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined)
    else signal.addEventListener('abort', () => resolve(undefined), { once: true })
  })
}

/** Writes a case's files; gives what the event says of them. */
function keep(outcome: CaseOutcome, one: ScenarioCase, implementation: string, store: Store): Stored {
  const base = caseFile(implementation, one.id)
  const capture = writePcapng(outcome.trace)
  const frames: Record<string, number> = {}
  for (const finding of outcome.result.findings)
    if (finding.entry !== undefined) {
      const frame = capture.frames.get(finding.entry)
      if (frame !== undefined) frames[String(finding.entry)] = frame
    }
  store.write(`${base}.pcapng`, capture.octets)
  store.write(`${base}.json`, traceToJson(outcome.trace))
  if (outcome.log.length > 0) store.write(`${base}.log`, `${outcome.log.join('\n')}\n`)
  return {
    files: {
      trace: `${base}.json`,
      pcapng: `${base}.pcapng`,
      ...(outcome.log.length === 0 ? {} : { log: `${base}.log` }),
    },
    frames,
    counts: { messages: capture.counts.messages, gre: capture.counts.gre },
  }
}

/** The smoke scenarios of the roles that are played; where nothing is, the first that applies. */
function smokesFor(
  playable: readonly ScenarioCase[],
  smokes: readonly ScenarioCase[],
  pics: Pics,
): readonly ScenarioCase[] {
  const roles = new Set(playable.map(({ scenario }) => scenario.iut))
  const applicable = smokes.filter((smoke) => inapplicable(smoke, pics) === undefined)
  return roles.size === 0
    ? applicable.slice(0, 1)
    : applicable.filter(({ scenario }) => roles.has(scenario.iut))
}

function adviceFor({ scenario }: ScenarioCase, { address, port = PPTP_PORT }: Replica): string {
  return scenario.iut === 'recipient'
    ? `see whether it listens on port ${port} of ${address}`
    : 'see whether it is told to dial in the right way, and finds the way to us'
}

/** The first smoke scenario that did not pass on a replica, and why; undefined when all did, and when the run was stopped meanwhile. */
async function smokeFailure(
  replica: Replica,
  smokes: readonly ScenarioCase[],
  signal: AbortSignal,
): Promise<{ readonly smoke: ScenarioCase; readonly why: string } | undefined> {
  for (const smoke of smokes) {
    const why = await smokeFails(replica, smoke, signal)
    if (signal.aborted) return undefined
    if (why !== undefined) return { smoke, why }
  }
  return undefined
}

/** Why the smoke scenario did not pass on a replica; undefined when it did. Deviations it finds are the scenario's own affair. */
async function smokeFails(
  replica: Replica,
  smoke: ScenarioCase,
  signal: AbortSignal,
): Promise<string | undefined> {
  const conditions = { monitors: [], seed: 0, signal }
  const { result, log, trace } = await playCase(smoke, replica, UNIQUE_BASE, conditions)
  const why = whyDead(result, trace)
  if (why === undefined) return undefined
  return `${why}; ${log.length === 0 ? 'it logged nothing meanwhile' : `its log ends with: ${log.slice(-3).join(' | ')}`}`
}

/** Not connected, or never a word: that is no implementation with deviations, but none. */
function whyDead({ verdict, reason, findings }: ScenarioResult, trace: Trace): string | undefined {
  if (verdict === 'inconclusive' || verdict === 'error') return reason ?? verdict
  const [first] = findings
  const spoke = trace.entries.some((entry) => entry.kind === 'tcp-data' && entry.from === 'iut')
  const missed = spoke ? first : findings.find((finding) => finding.verdict === 'fail')
  return missed?.verdict === 'fail' ? `${missed.expected} expected, seen: ${missed.seen}` : undefined
}

function notPlayed(
  one: ScenarioCase,
  verdict: 'skip' | 'inconclusive' | 'error',
  reason: string,
): ScenarioResult {
  return { scenario: one.id, purpose: one.scenario.purpose, verdict, reason, findings: [], duration: 0 }
}
