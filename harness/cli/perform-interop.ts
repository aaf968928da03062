import { randomInt } from 'node:crypto'
import { join, resolve } from 'node:path'
import { REQUIREMENTS } from '../../suites/catalogue.ts'
import { MONITORS } from '../../suites/monitors/index.ts'
import { messageOf, UsageError } from '../errors/errors.ts'
import { nearestNames } from '../errors/nearest.ts'
import { emergencyStop } from '../implementations/cleanup.ts'
import { type ContainerFolder, listImplementations, loadImplementation } from '../implementations/manifest.ts'
import { packageRoot } from '../implementations/package-root.ts'
import { currentRun } from '../implementations/run-identity.ts'
import { INTEROP_CASES } from '../interop/cases/index.ts'
import type { InteropCase } from '../interop/interop-case.ts'
import type { MiddleboxCase } from '../interop/middlebox/case.ts'
import { MIDDLEBOX_CASES } from '../interop/middlebox/cases.ts'
import {
  isMiddlebox,
  loadMiddlebox,
  type MiddleboxFolder,
  middleboxNames,
  USUAL_MIDDLEBOX,
} from '../interop/middlebox/manifest.ts'
import { LEG_REQUIREMENTS, LEGS_MONITOR, MIDDLEBOX_REQUIREMENTS } from '../interop/middlebox/requirements.ts'
import { joinBaselines, type Pair, pairsOf } from '../interop/pair.ts'
import { PATH_NAMES, PATHS } from '../interop/paths.ts'
import { monitorOf, WATCHED_ENDS } from '../interop/play.ts'
import { INTEROP_REQUIREMENTS } from '../interop/requirements.ts'
import { jobName, runInterop } from '../interop/run.ts'
import { multiplex } from '../report/reporter.ts'
import { documentReporters } from '../report/write.ts'
import { readBaseline, type Vocabulary } from '../runner/baseline.ts'
import type { RunEvent } from '../runner/events.ts'
import { caseMatcher, namesLike } from '../runner/globs.ts'
import type { Keep } from '../runner/keeper.ts'
import { clearResults } from '../runner/store.ts'
import { writeBaseline } from './baselines.ts'
import { harmless, printFailure } from './failure.ts'
import { listenForInterruptions, type Stopper } from './interruption.ts'
import type { ColourChoice, ExitCode, Io } from './io.ts'
import { REFERENCE } from './names.ts'
import { readMutant } from './perform-prove.ts'
import { createReporters, type ReporterChoice } from './reporters.ts'
import { openResults, shortPath } from './results.ts'
import { packageVersion } from './version.ts'
import { VOCABULARY } from './vocabulary.ts'

/** The arguments of `pptpspec interop`. */
export interface InteropRequest {
  /** As the user named them; empty for all. */
  readonly implementations: readonly string[]
  /** Globs; empty for all. */
  readonly cases: readonly string[]
  readonly paths: readonly string[]
  /** Whether the cases that take minutes are played, too. */
  readonly long: boolean
  readonly lanes: number | undefined
  readonly seed: number | undefined
  /** The name of a mutant; the reference has to be one of the ends then. */
  readonly fault: string | undefined
  readonly engine: string | undefined
  readonly provision: boolean
  readonly output: string | undefined
  readonly keep: Keep
  /** False when every case is expected to pass. */
  readonly baseline: string | false | undefined
  readonly updateBaseline: boolean
  readonly verbose: boolean
  readonly colour: ColourChoice
  readonly reporters: readonly ReporterChoice[]
  readonly arguments: readonly string[]
}

/** Every name that the baseline of a pair may use. */
const PAIR_VOCABULARY: Vocabulary = {
  cases: INTEROP_CASES.map(({ id }) => id),
  monitors: [
    ...WATCHED_ENDS.flatMap((end) =>
      MONITORS.map(({ id, decides }) => ({ id: monitorOf(end, id), decides })),
    ),
    { id: LEGS_MONITOR, decides: LEG_REQUIREMENTS },
  ],
  requirements: [
    ...Object.keys(INTEROP_REQUIREMENTS),
    ...Object.keys(MIDDLEBOX_REQUIREMENTS),
    ...Object.keys(REQUIREMENTS),
  ],
}

/** Every name that the baseline of a middlebox may use. */
const MIDDLEBOX_VOCABULARY: Vocabulary = {
  cases: MIDDLEBOX_CASES.map(({ id }) => id),
  monitors: [],
  requirements: Object.keys(MIDDLEBOX_REQUIREMENTS),
}

/** The cases that are played without --long. */
const USUAL_CASES = INTEROP_CASES.filter(({ long }) => !long)

/**
 * Beds in use at the same time. A bed with a router has a third kernel, and on a busy machine the
 * router delays packets, which changes the results.
 */
const LANES = { direct: 3, routed: 2 } as const
/** ms between two updates of the time in the status line. */
const TICK = 1_000

/**
 * Plays pairs and middleboxes, and writes their results.
 * @throws UsageError before anything is started; EnvironmentError when there is no engine, or
 * something does not start.
 */
export async function performInterop(request: InteropRequest, io: Io): Promise<ExitCode> {
  const { folders, middleboxes } = chosenIn(request, io.cwd)
  const pairs = folders.length === 0 && middleboxes.length > 0 ? [] : pairsOf(folders)
  const { cases, throughMiddlebox } = selectInterop(request, pairs.length > 0, middleboxes.length > 0)
  if (typeof request.baseline === 'string')
    throw new UsageError(
      '--baseline takes no file here: each pair has a baseline of its own',
      'Leave it out, or give --no-baseline to expect pass',
    )
  requireFaultyEnd(request, pairs)
  const jobs = [
    ...(cases.length === 0 ? [] : pairs.map((pair) => pairJob(pair, cases, request))),
    ...(throughMiddlebox.length === 0
      ? []
      : middleboxes.map((middlebox) => middleboxJob(middlebox, throughMiddlebox, request))),
  ]
  if (request.output !== undefined) clearResults(resolve(io.cwd, request.output))
  const stopper = listenForInterruptions(io)
  try {
    return await play(jobs, request, io, stopper)
  } finally {
    stopper.end()
    const error = stopper.interruption()?.error
    if (error !== undefined) printFailure(error, io)
  }
}

interface Chosen {
  readonly folders: readonly ContainerFolder[]
  readonly middleboxes: readonly MiddleboxFolder[]
}

/**
 * Finds the implementations and middleboxes that were named.
 * @throws UsageError for an unknown name, and for a folder that is not valid.
 */
function chosenIn({ implementations }: InteropRequest, cwd: string): Chosen {
  if (implementations.length === 0)
    return {
      folders: listImplementations().filter(
        // Nobody uses the reference as a product, so it takes part only if it is named.
        ({ manifest }) => manifest.interop !== undefined && manifest.name !== REFERENCE,
      ),
      middleboxes: middleboxNames().map(loadMiddlebox),
    }
  const named = implementations.map((name) => {
    const isPath = name.includes('/') || name === '.' || name === '..'
    return isPath ? resolve(cwd, name) : name
  })
  const isBox = (name: string) => middleboxNames().includes(name) || isMiddlebox(name)
  return {
    folders: named.filter((name) => !isBox(name)).map((name) => loadImplementation(name)),
    middleboxes: named.filter(isBox).map(loadMiddlebox),
  }
}

/**
 * Checks that the reference, which has the fault, is an end of every pair.
 * @throws UsageError when it is not, or the fault does not exist.
 */
function requireFaultyEnd({ fault, updateBaseline }: InteropRequest, pairs: readonly Pair[]): void {
  if (fault === undefined) return
  readMutant(fault)
  if (updateBaseline)
    throw new UsageError('--fault cannot be combined with --update-baseline', 'Leave one of them out')
  const sound = pairs.find((pair) =>
    [pair.client, pair.server].every(({ manifest }) => manifest.name !== REFERENCE),
  )
  if (sound !== undefined)
    throw new UsageError(
      `--fault is for the reference, which is not an end of ${sound.name}`,
      'Name the reference and the implementations to play it with: interop pptp-linux-1.10.0 reference',
    )
}

/**
 * Selects the cases for pairs, and those for middleboxes.
 * @throws UsageError for an unknown path, a glob that matches no case, and when no case is left.
 */
function selectInterop({ cases, paths, long }: InteropRequest, pairs: boolean, middleboxes: boolean) {
  const all = [...(pairs ? INTEROP_CASES : []), ...(middleboxes ? MIDDLEBOX_CASES : [])]
  const ids = all.map(({ id }) => id)
  for (const path of paths)
    if (!(PATH_NAMES as readonly string[]).includes(path)) {
      const [nearest] = nearestNames(path, PATH_NAMES)
      throw new UsageError(
        `there is no path "${path}"`,
        nearest === undefined ? `Known: ${PATH_NAMES.join(', ')}` : `did you mean ${nearest}?`,
      )
    }
  const matchers = cases.map((glob) => {
    const matches = caseMatcher(glob)
    if (ids.some(matches)) return matches
    const [nearest] = nearestNames(glob, [...new Set([...ids, ...namesLike(glob, ids)])])
    throw new UsageError(
      `no case of interoperability matches "${glob}"`,
      nearest === undefined ? 'pptpspec list interop shows all cases' : `did you mean ${nearest}?`,
    )
  })
  const isChosen = (one: { readonly id: string; readonly path: string; readonly long?: boolean }) =>
    (paths.length === 0 || paths.includes(one.path)) &&
    (matchers.length === 0 ? long || one.long !== true : matchers.some((matches) => matches(one.id)))
  if (!all.some(isChosen))
    throw new UsageError('no case is selected: these cases are not on these paths', 'Drop --case or --path')
  return {
    cases: pairs ? INTEROP_CASES.filter(isChosen) : [],
    throughMiddlebox: middleboxes ? MIDDLEBOX_CASES.filter(isChosen) : [],
  }
}

function baselineFile(name: string): string {
  return join(packageRoot(), 'results', 'baselines', 'interop', `${name}.yaml`)
}

function pairJob(pair: Pair, cases: readonly InteropCase[], { baseline, fault }: InteropRequest) {
  const path = baselineFile(pair.name)
  const own = baseline === false || fault !== undefined ? undefined : readBaseline(path, PAIR_VOCABULARY)
  const of = (name: string) =>
    readBaseline(join(packageRoot(), 'results', 'baselines', `${name}.yaml`), VOCABULARY)
  const known =
    own === undefined
      ? { own, client: undefined, server: undefined }
      : {
          own,
          client: of(pair.client.manifest.name),
          server: of(pair.server.manifest.name),
          middlebox: {
            name: USUAL_MIDDLEBOX,
            baseline: readBaseline(baselineFile(USUAL_MIDDLEBOX), MIDDLEBOX_VOCABULARY),
          },
        }
  return {
    kind: 'pair' as const,
    pair,
    cases,
    whole: USUAL_CASES.every((one) => cases.includes(one)),
    vocabulary: PAIR_VOCABULARY,
    file: { path, content: own },
    ...joinBaselines(pair, known),
  }
}

function middleboxJob(
  middlebox: MiddleboxFolder,
  cases: readonly MiddleboxCase[],
  { baseline }: InteropRequest,
) {
  const path = baselineFile(middlebox.manifest.name)
  const own = baseline === false ? undefined : readBaseline(path, MIDDLEBOX_VOCABULARY)
  return {
    kind: 'middlebox' as const,
    middlebox,
    cases,
    whole: cases.length === MIDDLEBOX_CASES.length,
    vocabulary: MIDDLEBOX_VOCABULARY,
    file: { path, content: own },
    baseline: own,
    mayBeAbsent: () => false,
  }
}

type PlannedJob = ReturnType<typeof pairJob> | ReturnType<typeof middleboxJob>

function lanesFor(jobs: readonly PlannedJob[]): number {
  const routed = jobs.some((job) => job.cases.some(({ path }) => PATHS[path].routes !== undefined))
  return routed ? LANES.routed : LANES.direct
}

async function play(
  jobs: readonly PlannedJob[],
  request: InteropRequest,
  io: Io,
  stopper: Stopper,
): Promise<ExitCode> {
  const tell = (text: string) => void io.stderr.write(`${harmless(text)}\n`)
  const images = { provision: request.provision, progress: tell }
  const { discoverEngine } = await import('../implementations/engine.ts')
  const engine = await stopper.unlessInterrupted(discoverEngine({ engine: request.engine, ...images }))
  if (engine === undefined) return 3
  const { registerEngine, removeLeftovers } = await import('../implementations/cleanup.ts')
  registerEngine(engine)
  await removeLeftovers(engine).catch(() => 0)
  const store = openResults(request.output, io)
  const output = shortPath(store.directory, io.cwd)
  const reporter = multiplex(
    [
      ...createReporters(request.reporters, { verbose: request.verbose, colour: request.colour, output }, io),
      ...documentReporters(store.directory),
    ],
    (name, error) => tell(`the reporter ${name} failed: ${messageOf(error)}; the run goes on`),
  )
  let last: Extract<RunEvent, { kind: 'run-finished' }> | undefined
  const report = (event: RunEvent): void => {
    if (event.kind === 'run-finished') last = event
    reporter.handle(event)
  }
  const ticking = setInterval(() => reporter.tick(Date.now()), TICK)
  try {
    const ended = await stopper.unlessLate(
      runInterop({
        engine,
        jobs,
        lanes: request.lanes ?? lanesFor(jobs),
        seed: request.seed ?? randomInt(0x1_0000_0000),
        keep: request.keep,
        monitors: MONITORS,
        fault: request.fault,
        images,
        store,
        report,
        header: {
          run: currentRun().run,
          harness: packageVersion(),
          node: process.versions.node,
          arguments: [...request.arguments],
        },
        signal: stopper.signal,
      }),
    )
    await stopper.stopped()
    const interruption = stopper.interruption()
    if (interruption !== undefined && last?.interrupted === undefined && last?.exitCode === undefined)
      report(
        store.append({
          kind: 'run-finished',
          exitCode: 3,
          reasons: [`interrupted: ${interruption.reason}`],
          interrupted: interruption.reason,
        }),
      )
    if (interruption !== undefined || ended === undefined) return 3
    if ('error' in ended) {
      await emergencyStop()
      throw ended.error
    }
    if (request.updateBaseline)
      for (const job of jobs) {
        const { file, vocabulary } = job
        const name = jobName(job)
        const outcome = ended.value.outcomes.get(name)
        if (outcome === undefined || outcome.unfit !== undefined)
          tell(`${file.path} stays as it was: ${outcome?.unfit ?? 'it was not played'}`)
        else for (const line of writeBaseline(name, file, outcome, vocabulary)) tell(line)
      }
    reporter.end()
    return reporter.broken.length > 0 ? 3 : ended.value.exitCode
  } finally {
    clearInterval(ticking)
    try {
      reporter.end()
    } finally {
      store.close()
    }
  }
}
