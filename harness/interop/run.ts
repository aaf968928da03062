import { EnvironmentError, HarnessError, messageOf } from '../errors/errors.ts'
import type { Engine } from '../implementations/engine.ts'
import { type Image, type ImageOptions, prepareImage } from '../implementations/images.ts'
import { claimsOf } from '../implementations/manifest.ts'
import { prepareTesterImage } from '../implementations/tester-image.ts'
import type { EventOf, RunEvent } from '../runner/events.ts'
import type { Keep } from '../runner/keeper.ts'
import { createLedger, type JobOutcome, type Ledger } from '../runner/ledger.ts'
import type { NewRunEvent, Store } from '../runner/store.ts'
import type { Monitor } from '../scenario/monitor.ts'
import type { ScenarioResult } from '../scenario/verdict.ts'
import { type Bed, type ImplementationImage, makeBed } from './bed.ts'
import type { InteropOutcome } from './case-play.ts'
import type { InteropCase } from './interop-case.ts'
import { keepOutcome } from './keep.ts'
import { type MiddleboxBed, makeMiddleboxBed } from './middlebox/bed.ts'
import type { MiddleboxCase } from './middlebox/case.ts'
import { prepareMiddleboxImage } from './middlebox/image.ts'
import {
  loadMiddlebox,
  type MiddleboxFolder,
  type MiddleboxManifest,
  USUAL_MIDDLEBOX,
} from './middlebox/manifest.ts'
import { playMiddlebox } from './middlebox/play.ts'
import type { Pair, PairBaseline } from './pair.ts'
import { PATH_NAMES, PATHS } from './paths.ts'
import { playInterop } from './play.ts'

/** The baseline of a job, and whether its cases are complete. */
interface Planned extends PairBaseline {
  /** Whether all existing cases are included: only then is a cause that does not show stale. */
  readonly whole: boolean
}

/** A pair and the cases to play on it. */
export interface PairJob extends Planned {
  readonly kind: 'pair'
  readonly pair: Pair
  readonly cases: readonly InteropCase[]
}

/** A middlebox and the cases to play through it. */
export interface MiddleboxJob extends Planned {
  readonly kind: 'middlebox'
  readonly middlebox: MiddleboxFolder
  readonly cases: readonly MiddleboxCase[]
}

export type InteropJob = PairJob | MiddleboxJob

/** Returns the name of a job in results and baselines. */
export function jobName(job: InteropJob): string {
  return job.kind === 'pair' ? job.pair.name : job.middlebox.manifest.name
}

export interface InteropOptions {
  readonly engine: Engine
  readonly jobs: readonly InteropJob[]
  /** The number of beds in use at the same time. */
  readonly lanes: number
  readonly seed: number
  readonly keep: Keep
  readonly monitors: readonly Monitor[]
  /** The fault of the reference when it is an end; none unless given. */
  readonly fault?: string | undefined
  readonly images: ImageOptions
  readonly store: Store
  /** Called with every event after it was stored. */
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
  /** Outcomes by the job's name. */
  readonly outcomes: ReadonlyMap<string, JobOutcome>
}

/** The part of a bed that a batch needs. */
interface AnyBed {
  death(): string | undefined
  stop(): Promise<void>
}

interface AnyCase {
  readonly id: string
  readonly purpose: string
}

/** Cases that are played on one bed. */
interface Batch<B extends AnyBed, C extends AnyCase> {
  readonly job: InteropJob
  readonly ledger: Ledger
  readonly cases: readonly C[]
  /** Whether its cases mostly wait for timers. */
  readonly idle: boolean
  make(): Promise<B>
  /** The outcome of a case, or the reason why it was not played. */
  play(one: C, bed: B): Promise<InteropOutcome | { readonly skipped: string }>
  /** The versions of the bed's components. */
  versionsOn(bed: B): Readonly<Record<string, string>>
}

/** The most beds that are made in place of dead ones, for one batch. */
const MOST_SUCCESSORS = 3

/**
 * Plays all jobs, on as many beds at the same time as there are lanes, and stores every event at
 * once.
 * @throws EnvironmentError when something cannot be started; the results before that are stored.
 */
export async function runInterop(options: InteropOptions): Promise<InteropRun> {
  const { jobs, store, signal, seed } = options
  const emit = (event: NewRunEvent): void => options.report(store.append(event))
  emit({
    kind: 'run-started',
    format: 2,
    lanes: options.lanes,
    implementations: jobs.map(jobName),
    clock: 'real',
    seed,
    paths: [...PATH_NAMES].filter((path) => jobs.some((job) => job.cases.some((one) => one.path === path))),
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

/** A batch that a lane plays. */
interface Work {
  readonly cases: number
  /** Whether the batch mostly waits for timers, so that it may be played beside the lanes. */
  readonly idle: boolean
  run(lane: number): Promise<void>
}

async function playAll(
  options: InteropOptions,
  emit: (event: NewRunEvent) => void,
): Promise<ReadonlyMap<string, JobOutcome>> {
  const { jobs, lanes, signal } = options
  const images = await prepare(options)
  const ledgers = jobs.map((job) =>
    createLedger({ name: jobName(job), baseline: job.baseline, mayBeAbsent: job.mayBeAbsent }, emit),
  )
  const started = new Set<InteropJob>()
  const at: JobContext = {
    options,
    emit,
    announce(job, versions) {
      if (started.has(job)) return
      started.add(job)
      emit(jobStarted(job, versions, options.engine))
    },
  }
  const queue = jobs
    .flatMap((job, which): readonly Work[] => {
      const ledger = ledgers[which]
      if (ledger === undefined) return []
      const workOf = <B extends AnyBed, C extends AnyCase>(batch: Batch<B, C>): Work => ({
        cases: batch.cases.length,
        idle: batch.idle,
        run: (lane) => playBatch(batch, lane, at),
      })
      return job.kind === 'pair'
        ? pairBatches(job, ledger, images, options).map(workOf)
        : [workOf(middleboxBatch(job, ledger, images, options))]
    })
    // The longest batch first, so that no lane begins a long one at the end.
    .sort((a, b) => b.cases - a.cases)
  const take = (ofIdle: boolean): Work | undefined => {
    const found = queue.find(({ idle }) => idle || !ofIdle)
    if (found !== undefined) queue.splice(queue.indexOf(found), 1)
    return found
  }
  const work = async (lane: number, onlyIdle: boolean): Promise<void> => {
    for (let next = take(onlyIdle); next !== undefined && !signal.aborted; next = take(onlyIdle))
      await next.run(lane)
  }
  const ends = await Promise.allSettled([
    ...Array.from({ length: lanes }, (_, lane) => work(lane, false)),
    // Batches that wait for timers are played beside the lanes.
    ...(lanes > 1 ? [work(lanes, true)] : []),
  ])
  const failed = ends.find((end) => end.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  return new Map(
    jobs.flatMap((job, which) => {
      const ledger = ledgers[which]
      if (ledger === undefined) return []
      const whole = job.whole && !signal.aborted
      return [[jobName(job), ledger.close({ whole, knownCases: [], roles: [] })] as const]
    }),
  )
}

/** The images of a run. */
interface RunImages {
  readonly middleboxes: ReadonlyMap<string, Image>
  readonly captures: Image
  readonly usual: { readonly manifest: MiddleboxManifest; readonly image: Image }
  readonly tester: Image | undefined
  imageOf(folder: Pair['client']): ImplementationImage
}

/** Finds or makes all images. @throws EnvironmentError when one cannot be made. */
async function prepare({ engine, jobs, images, fault }: InteropOptions): Promise<RunImages> {
  const folders = new Set(
    jobs.flatMap((job) => (job.kind === 'pair' ? [job.pair.client, job.pair.server] : [])),
  )
  const boxes = jobs.flatMap((job) => (job.kind === 'middlebox' ? [job.middlebox] : []))
  const usual = loadMiddlebox(USUAL_MIDDLEBOX)
  const captures = await prepareMiddleboxImage(engine, usual, images)
  const made = new Map(
    await Promise.all(
      [...folders].map(async (folder) => [folder, await prepareImage(engine, folder, images)] as const),
    ),
  )
  const middleboxes = new Map<string, Image>()
  for (const box of boxes) middleboxes.set(box.folder, await prepareMiddleboxImage(engine, box, images))
  return {
    middleboxes,
    captures,
    usual: { manifest: usual.manifest, image: captures },
    tester: boxes.length === 0 ? undefined : await prepareTesterImage(engine, images),
    imageOf(folder) {
      const image = made.get(folder)
      if (image === undefined) throw new EnvironmentError(`${folder.manifest.name} has no image`)
      const { manifest } = folder
      // Only the reference, a program of the harness, reads this variable.
      const isOurs = manifest.needs?.harness === true
      return {
        manifest,
        image,
        ...(isOurs && fault !== undefined ? { environment: { PPTPSPEC_FAULT: fault } } : {}),
      }
    },
  }
}

/**
 * Sorts cases into batches by their needs of a bed, and by path, because each change of path takes
 * time.
 */
function pairBatches(
  job: PairJob,
  ledger: Ledger,
  images: RunImages,
  { engine, seed, monitors }: InteropOptions,
): readonly Batch<Bed, InteropCase>[] {
  const shifts = new Map<string, InteropCase[]>()
  const sorted = [...job.cases].sort((a, b) => PATH_NAMES.indexOf(a.path) - PATH_NAMES.indexOf(b.path))
  for (const one of sorted) {
    const routed = PATHS[one.path].routes !== undefined
    const key = `${routed} ${one.clients > 1} ${one.accelerated}`
    shifts.set(key, [...(shifts.get(key) ?? []), one])
  }
  return [...shifts.values()].map((cases) => ({
    job,
    ledger,
    cases,
    idle: cases.every(({ accelerated }) => accelerated),
    make: () =>
      makeBed({
        engine,
        client: images.imageOf(job.pair.client),
        server: images.imageOf(job.pair.server),
        middlebox: images.usual,
        captures: images.captures,
        routed: cases[0] !== undefined && PATHS[cases[0].path].routes !== undefined,
        clients: Math.max(...cases.map(({ clients }) => clients)),
        accelerated: cases[0]?.accelerated ?? false,
        seed,
      }),
    async play(one, bed) {
      const skipped = one.inapplicable({ client: bed.clients[0], server: bed.server })
      if (skipped !== undefined) return { skipped }
      await bed.take(one.path)
      return playInterop(one, bed, monitors)
    },
    versionsOn({ clients: [client], server }) {
      const named = ({ name, provenance }: typeof server) =>
        Object.entries(provenance.versions).map(([component, version]) => [`${name} ${component}`, version])
      return Object.fromEntries([...named(client), ...named(server)])
    },
  }))
}

function middleboxBatch(
  job: MiddleboxJob,
  ledger: Ledger,
  { middleboxes, captures, tester }: RunImages,
  { engine }: InteropOptions,
): Batch<MiddleboxBed, MiddleboxCase> {
  const { folder, manifest } = job.middlebox
  const image = middleboxes.get(folder)
  if (image === undefined || tester === undefined) throw new EnvironmentError(`${manifest.name} has no image`)
  return {
    job,
    ledger,
    cases: [...job.cases].sort((a, b) => PATH_NAMES.indexOf(a.path) - PATH_NAMES.indexOf(b.path)),
    idle: true,
    make: () => makeMiddleboxBed({ engine, manifest, image, captures, tester }),
    play: playMiddlebox,
    versionsOn: ({ router }) => router.versions,
  }
}

interface JobContext {
  readonly options: InteropOptions
  readonly emit: (event: NewRunEvent) => void
  /** Emits the start of a job when its first bed is up; does nothing for further beds. */
  announce(job: InteropJob, versions: Readonly<Record<string, string>>): void
}

async function playBatch<B extends AnyBed, C extends AnyCase>(
  batch: Batch<B, C>,
  lane: number,
  at: JobContext,
): Promise<void> {
  const { signal } = at.options
  let bed = await batch.make()
  try {
    at.announce(batch.job, batch.versionsOn(bed))
    let successors = 0
    for (const one of batch.cases) {
      if (signal.aborted) return
      if (bed.death() !== undefined && successors < MOST_SUCCESSORS) {
        successors++
        await bed.stop()
        bed = await batch.make()
      }
      await playOne(one, bed, batch, lane, at)
    }
  } finally {
    await bed.stop()
  }
}

async function playOne<B extends AnyBed, C extends AnyCase>(
  one: C,
  bed: B,
  { job, ledger, play }: Batch<B, C>,
  lane: number,
  { emit, options }: JobContext,
): Promise<void> {
  const name = jobName(job)
  emit({ kind: 'scenario-started', implementation: name, scenario: one.id, lane })
  const outcome = await play(one, bed).catch((error: unknown) => ({ failed: messageOf(error) }))
  // A case that is in play when the run is stopped has no result.
  if (options.signal.aborted) return
  if (!('result' in outcome)) {
    const [verdict, why] =
      'skipped' in outcome ? (['skip', outcome.skipped] as const) : (['error', outcome.failed] as const)
    ledger.finish({ result: notPlayed(one, verdict, why), watched: [] }, lane)
    return
  }
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

function notPlayed(
  { id, purpose }: { readonly id: string; readonly purpose: string },
  verdict: 'skip' | 'error',
  reason: string,
): ScenarioResult {
  return { scenario: id, purpose, verdict, reason, findings: [], duration: 0 }
}

/** Stands in for the claims of a middlebox, which has none: it passes the calls of others. */
const PASSES = { outgoingCalls: true, incomingCalls: true, ppp: true, callsPerConnection: 0 }

function jobStarted(
  job: InteropJob,
  versions: Readonly<Record<string, string>>,
  engine: Engine,
): NewRunEvent {
  const name = jobName(job)
  const { baseline, cases } = job
  return {
    kind: 'implementation-started',
    implementation: name,
    title:
      job.kind === 'pair'
        ? `${job.pair.client.manifest.title}, with ${job.pair.server.manifest.title}`
        : job.middlebox.manifest.title,
    pics: {
      ...(job.kind === 'pair' ? claimsOf(job.pair.server.manifest) : PASSES),
      roles: ['originator', 'recipient'],
    },
    provenance: { implementation: name, versions, engine: `${engine.name} ${engine.version}` },
    planned: cases.map(({ id }) => id),
    ...(baseline === undefined
      ? {}
      : { causes: baseline.causes.map(({ cases: _, monitors: __, ...cause }) => cause) }),
  }
}
