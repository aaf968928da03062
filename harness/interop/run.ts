import { EnvironmentError, HarnessError, messageOf } from '../errors/errors.ts'
import type { Engine } from '../implementations/engine.ts'
import { type ImageOptions, prepareImage } from '../implementations/images.ts'
import { claimsOf } from '../implementations/manifest.ts'
import type { EventOf, RunEvent } from '../runner/events.ts'
import type { Keep } from '../runner/keeper.ts'
import { createLedger, type JobOutcome, type Ledger } from '../runner/ledger.ts'
import type { NewRunEvent, Store } from '../runner/store.ts'
import type { Monitor } from '../scenario/monitor.ts'
import type { ScenarioResult } from '../scenario/verdict.ts'
import { type Bed, makeBed } from './bed.ts'
import type { InteropCase } from './interop-case.ts'
import { keepOutcome } from './keep.ts'
import type { Pair, PairBaseline } from './pair.ts'
import { preparePathImage } from './path-image.ts'
import { PATH_NAMES, PATHS } from './paths.ts'
import { playInterop } from './play.ts'

/** A pair and what to play on it. */
export interface PairJob extends PairBaseline {
  readonly pair: Pair
  readonly cases: readonly InteropCase[]
  /** Whether these are all there are: only then is a cause that does not show one that is gone. */
  readonly whole: boolean
}

export interface InteropOptions {
  readonly engine: Engine
  readonly jobs: readonly PairJob[]
  /** Beds that are in use at a time. */
  readonly lanes: number
  readonly seed: number
  readonly keep: Keep
  readonly monitors: readonly Monitor[]
  /** The one thing that the reference does wrong, where it is an end; nothing unless given. */
  readonly fault?: string | undefined
  readonly images: ImageOptions
  readonly store: Store
  /** Hears of every event after it was stored. */
  readonly report: (event: RunEvent) => void
  readonly header: Omit<
    EventOf<'run-started'>,
    'at' | 'kind' | 'format' | 'lanes' | 'implementations' | 'clock' | 'seed'
  >
  /** Aborted on Ctrl-C: no further case is begun. Its reason says why. */
  readonly signal: AbortSignal
}

export interface InteropRun {
  readonly exitCode: 0 | 1 | 3
  /** By the pair's name. */
  readonly outcomes: ReadonlyMap<string, JobOutcome>
}

/** Cases that are played on one bed. */
interface Shift {
  readonly job: PairJob
  readonly ledger: Ledger
  readonly cases: readonly InteropCase[]
  readonly routed: boolean
  readonly clients: number
  readonly accelerated: boolean
}

/** Beds that are made in the place of one that died, of one shift. */
const MOST_SUCCESSORS = 3

/**
 * Plays pairs, on as many beds at a time as there are lanes, and stores everything as it happens.
 * @throws EnvironmentError when something cannot be started; what was played before is stored.
 */
export async function runInterop(options: InteropOptions): Promise<InteropRun> {
  const { jobs, store, signal, seed } = options
  const emit = (event: NewRunEvent): void => options.report(store.append(event))
  emit({
    kind: 'run-started',
    format: 2,
    lanes: options.lanes,
    implementations: jobs.map(({ pair }) => pair.name),
    clock: 'real',
    seed,
    paths: [...PATH_NAMES].filter((path) => jobs.some(({ cases }) => cases.some((one) => one.path === path))),
    ...options.header,
  })
  try {
    const outcomes = await playAll(options, emit)
    const interrupted = signal.aborted ? String(signal.reason ?? 'interrupted') : undefined
    const all = [...outcomes.values()]
    const broken = all.some((one) => one.broken) || interrupted !== undefined
    const exitCode = broken ? 3 : all.some((one) => one.failed) ? 1 : 0
    const reasons = [
      ...all.flatMap((one) => one.reasons),
      ...(interrupted === undefined ? [] : [`interrupted: ${interrupted}`]),
    ]
    emit({ kind: 'run-finished', exitCode, reasons, ...(interrupted === undefined ? {} : { interrupted }) })
    return { exitCode, outcomes }
  } catch (error) {
    emit({
      kind: 'run-finished',
      exitCode: error instanceof HarnessError && !signal.aborted ? error.exitCode : 3,
      reasons: signal.aborted ? [`interrupted: ${signal.reason}`] : [messageOf(error)],
      ...(signal.aborted ? { interrupted: String(signal.reason) } : {}),
    })
    throw error
  }
}

async function playAll(
  options: InteropOptions,
  emit: (event: NewRunEvent) => void,
): Promise<ReadonlyMap<string, JobOutcome>> {
  const { engine, jobs, lanes, signal, images } = options
  const folders = new Set(jobs.flatMap(({ pair }) => [pair.client, pair.server]))
  const path = await preparePathImage(engine, images)
  const made = new Map(
    await Promise.all(
      [...folders].map(async (folder) => [folder, await prepareImage(engine, folder, images)] as const),
    ),
  )
  const imageOf = (folder: Pair['client']) => {
    const image = made.get(folder)
    if (image === undefined) throw new EnvironmentError(`${folder.manifest.name} has no image`)
    const { manifest } = folder
    const { fault } = options
    // What is read there is a program of ours.
    const isOurs = manifest.needs?.harness === true
    return {
      manifest,
      image,
      ...(isOurs && fault !== undefined ? { environment: { PPTPSPEC_FAULT: fault } } : {}),
    }
  }
  const ledgers = jobs.map((job) =>
    createLedger({ name: job.pair.name, baseline: job.baseline, mayBeAbsent: job.mayBeAbsent }, emit),
  )
  const started = new Set<PairJob>()
  const queue = jobs.flatMap((job, at) => {
    const ledger = ledgers[at]
    return ledger === undefined ? [] : shiftsOf(job, ledger)
  })
  const makeOne = (shift: Shift): Promise<Bed> =>
    makeBed({
      engine,
      client: imageOf(shift.job.pair.client),
      server: imageOf(shift.job.pair.server),
      path,
      routed: shift.routed,
      clients: shift.clients,
      accelerated: shift.accelerated,
      seed: options.seed,
    })
  const announce = (shift: Shift, bed: Bed): void => {
    if (started.has(shift.job)) return
    started.add(shift.job)
    emit(pairStarted(shift.job, bed))
  }
  const work = async (lane: number): Promise<void> => {
    for (let shift = queue.shift(); shift !== undefined && !signal.aborted; shift = queue.shift())
      await playShift(shift, { options, emit, lane, make: makeOne, announce })
  }
  const ends = await Promise.allSettled(Array.from({ length: lanes }, (_, lane) => work(lane)))
  const failed = ends.find((end) => end.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  return new Map(
    jobs.flatMap((job, at) => {
      const ledger = ledgers[at]
      if (ledger === undefined) return []
      const whole = job.whole && !signal.aborted
      return [[job.pair.name, ledger.close({ whole, knownCases: [], roles: [] })] as const]
    }),
  )
}

/** By what they need of a bed; paths one after the other, as each change of path takes a moment. */
function shiftsOf(job: PairJob, ledger: Ledger): readonly Shift[] {
  const shifts = new Map<string, InteropCase[]>()
  const sorted = [...job.cases].sort((a, b) => PATH_NAMES.indexOf(a.path) - PATH_NAMES.indexOf(b.path))
  for (const one of sorted) {
    const routed = PATHS[one.path].routes !== undefined
    const key = `${routed} ${one.clients} ${one.accelerated}`
    shifts.set(key, [...(shifts.get(key) ?? []), one])
  }
  return [...shifts.values()].map((cases) => ({
    job,
    ledger,
    cases,
    routed: cases[0] !== undefined && PATHS[cases[0].path].routes !== undefined,
    clients: cases[0]?.clients ?? 1,
    accelerated: cases[0]?.accelerated ?? false,
  }))
}

interface Workplace {
  readonly options: InteropOptions
  readonly emit: (event: NewRunEvent) => void
  readonly lane: number
  readonly make: (shift: Shift) => Promise<Bed>
  readonly announce: (shift: Shift, bed: Bed) => void
}

async function playShift(shift: Shift, at: Workplace): Promise<void> {
  const { signal } = at.options
  let bed = await at.make(shift)
  try {
    at.announce(shift, bed)
    let successors = 0
    for (const one of shift.cases) {
      if (signal.aborted) return
      if (bed.death() !== undefined && successors < MOST_SUCCESSORS) {
        successors++
        await bed.stop()
        bed = await at.make(shift)
      }
      await playOne(one, bed, shift, at)
    }
  } finally {
    await bed.stop()
  }
}

async function playOne(one: InteropCase, bed: Bed, { job, ledger }: Shift, at: Workplace): Promise<void> {
  const { emit, lane, options } = at
  const name = job.pair.name
  const why = one.inapplicable({ client: bed.clients[0], server: bed.server })
  if (why !== undefined) {
    ledger.finish({ result: notPlayed(one, 'skip', why), watched: [] }, lane)
    return
  }
  emit({ kind: 'scenario-started', implementation: name, scenario: one.id, lane })
  try {
    await bed.take(one.path)
  } catch (error) {
    ledger.finish({ result: notPlayed(one, 'error', messageOf(error)), watched: [] }, lane)
    return
  }
  const outcome = await playInterop(one, bed, options.monitors)
  // What was being played when the run was stopped is lost.
  if (options.signal.aborted) return
  ledger.finish(
    {
      result: outcome.result,
      watched: outcome.watched,
      clock: { clock: 'real', speed: 1 },
      keep: (isUnexpected) => keepOutcome(options.store, options.keep, name, one.id, outcome, isUnexpected),
    },
    lane,
  )
}

function notPlayed(one: InteropCase, verdict: 'skip' | 'error', reason: string): ScenarioResult {
  return { scenario: one.id, purpose: one.purpose, verdict, reason, findings: [], duration: 0 }
}

function pairStarted({ pair, cases, baseline }: PairJob, bed: Bed): NewRunEvent {
  const [client] = bed.clients
  const { server } = bed
  const named = (end: {
    readonly name: string
    readonly provenance: { readonly versions: Readonly<Record<string, string>> }
  }) =>
    Object.entries(end.provenance.versions).map(([component, version]) => [
      `${end.name} ${component}`,
      version,
    ])
  return {
    kind: 'implementation-started',
    implementation: pair.name,
    title: `${pair.client.manifest.title}, with ${pair.server.manifest.title}`,
    pics: { ...claimsOf(pair.server.manifest), roles: ['originator', 'recipient'] },
    provenance: {
      implementation: pair.name,
      versions: Object.fromEntries([...named(client), ...named(server)]),
      engine: server.provenance.engine,
    },
    planned: cases.map(({ id }) => id),
    ...(baseline === undefined
      ? {}
      : { causes: baseline.causes.map(({ cases: _, monitors: __, ...cause }) => cause) }),
  }
}
