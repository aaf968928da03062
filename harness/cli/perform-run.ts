import { randomInt } from 'node:crypto'
import { availableParallelism, freemem } from 'node:os'
import { resolve } from 'node:path'
import { SCENARIOS } from '../../suites/index.ts'
import { MONITORS } from '../../suites/monitors/index.ts'
import { HarnessError, messageOf, UsageError } from '../errors/errors.ts'
import { emergencyStop } from '../implementations/cleanup.ts'
import type { Implementation } from '../implementations/implementation.ts'
import { currentRun } from '../implementations/run-identity.ts'
import { multiplex } from '../report/reporter.ts'
import { documentReporters } from '../report/write.ts'
import type { Clock, RunEvent } from '../runner/events.ts'
import { createGrowth, machineIdle } from '../runner/growth.ts'
import { type RunOutcome, run } from '../runner/run.ts'
import { selectCases } from '../runner/select.ts'
import { clearResults, type Store } from '../runner/store.ts'
import { casesOf, type ScenarioCase } from '../scenario/scenario.ts'
import { type BaselineFile, findBaseline, writeBaseline } from './baselines.ts'
import { harmless, printFailure } from './failure.ts'
import { nameOf, prepareImplementations, readNames } from './implementations.ts'
import { listenForInterruptions, type Stopper } from './interruption.ts'
import type { ExitCode, Io } from './io.ts'
import { createReporters } from './reporters.ts'
import { openDurations, openResults, shortPath } from './results.ts'
import type { RunRequest } from './run-request.ts'
import { packageVersion } from './version.ts'
import { VOCABULARY } from './vocabulary.ts'

/** The smoke scenario of each role, which every working implementation passes. */
const SMOKES = ['start/accepted@recipient', 'start/connects@originator'] as const
/** Cases that place an ordinary call, used as probes; those that show most come first. */
const PROBES = [
  'tunnel/link-opens@recipient',
  'outgoing-call/accepted#speed=wide@recipient',
  'tunnel/link-opens@originator',
  'outgoing-call/request@originator',
] as const
/**
 * Lanes unless given: each replica in a container has a kernel, and takes a second to start; the
 * reference runs in one thread anyway.
 */
const LANES = { container: 2, other: 1 } as const
/** The most lanes for each processor: cases mostly wait, so a processor can serve several. */
const LANES_A_PROCESSOR = 4
/** Memory that a container with a kernel of its own may take, in octets. */
const GUEST = 400 * 1024 * 1024
/** ms between two updates of the time in the status line. */
const TICK = 1_000

/**
 * Plays a run and writes its results.
 * @throws UsageError before anything is started; EnvironmentError when an implementation cannot be
 * prepared or started.
 */
export async function performRun(request: RunRequest, io: Io): Promise<ExitCode> {
  const named = readNames(request, io.cwd)
  const cases = selectCases(SCENARIOS, request.selection)
  if (typeof request.baseline === 'string' && named.length > 1)
    throw new UsageError('one --baseline cannot be that of several implementations', 'Run them one by one')
  if (request.baseline === false && request.updateBaseline)
    throw new UsageError(
      '--update-baseline reads the old baseline, which --no-baseline leaves out',
      'Give only one of them; for a new baseline, remove the file first',
    )
  // All baselines are read before the first start, so that an error in one shows at once.
  for (const one of named) findBaseline(nameOf(one), request, io.cwd)

  // Cleared before anything can fail, so that old results are not taken for those of this run.
  if (request.output !== undefined) clearResults(resolve(io.cwd, request.output))
  const stopper = listenForInterruptions(io)
  try {
    const seed = request.seed ?? randomInt(0x1_0000_0000)
    const prepared = await stopper.unlessInterrupted(
      prepareImplementations(named, request, seed, (text) => io.stderr.write(`${harmless(text)}\n`)),
    )
    if (prepared === undefined) return 3
    const { demonstration } = prepared
    const shown = demonstration === undefined ? cases : someOf(cases)
    const jobs = playableBy(prepared.implementations, shown, io).map((implementation) => ({
      implementation,
      cases: shown,
      file: findBaseline(implementation.name, request, io.cwd),
    }))
    const store = openResults(request.output, io)
    return await playJobs(jobs, { request, io, seed, stopper, store, demonstration })
  } finally {
    stopper.end()
    const error = stopper.interruption()?.error
    if (error !== undefined) printFailure(error, io)
  }
}

/** The number of cases in a demonstration: enough to see what a run looks like. */
const SHOWN = 36

/** Chooses some of the cases, evenly from all topics. */
function someOf(cases: readonly ScenarioCase[]): readonly ScenarioCase[] {
  const step = Math.ceil(cases.length / SHOWN)
  return cases.filter((_, at) => at % step === 0)
}

/**
 * Returns the implementations for whose roles a case is selected, and tells the user of the others.
 * @throws UsageError when no implementation is left.
 */
function playableBy(
  implementations: readonly Implementation[],
  cases: readonly ScenarioCase[],
  io: Io,
): readonly Implementation[] {
  const roles = new Set(cases.map(({ scenario }) => scenario.iut))
  const isPlayable = ({ pics }: Implementation) => pics.roles.some((role) => roles.has(role))
  const left = implementations.filter((one) => !isPlayable(one))
  const [selected] = roles
  const what = left.map(({ name }) => name).join(' and ')
  if (left.length === implementations.length)
    throw new UsageError(
      `all selected scenarios are for the role ${selected}, which ${what} does not have`,
      'Drop --role, or name an implementation of that role; pptpspec list implementations shows all',
    )
  if (left.length > 0)
    io.stderr.write(`${harmless(`${what} is not played: no selected scenario is for its role`)}\n`)
  return implementations.filter(isPlayable)
}

interface PlannedJob {
  readonly implementation: Implementation
  readonly cases: readonly ScenarioCase[]
  readonly file: BaselineFile
}

interface RunContext {
  readonly request: RunRequest
  readonly io: Io
  readonly seed: number
  readonly stopper: Stopper
  readonly store: Store
  /** Why no implementation can be tested, if the reference stands in for them. */
  readonly demonstration: string | undefined
}

async function playJobs(jobs: readonly PlannedJob[], around: RunContext): Promise<ExitCode> {
  const { request, io, seed, stopper, store, demonstration } = around
  const { verbose, colour } = request
  const output = shortPath(store.directory, io.cwd)
  const reporter = multiplex(
    [
      ...createReporters(request.reporters, { verbose, colour, output }, io),
      ...documentReporters(store.directory),
    ],
    (name, error) =>
      io.stderr.write(`${harmless(`the reporter ${name} failed: ${messageOf(error)}; the run goes on`)}\n`),
  )
  const durations = openDurations(request.output, io)
  let last: Extract<RunEvent, { kind: 'run-finished' }> | undefined
  const report = (event: RunEvent): void => {
    if (event.kind === 'run-finished') last = event
    durations.add(event)
    reporter.handle(event)
  }
  const known = SCENARIOS.flatMap(casesOf)
  const contained = jobs.some(({ implementation }) => implementation.kind === 'container')
  // The number of lanes grows only if the user gave none.
  const growth = createGrowth({
    most: contained && request.lanes === undefined ? roomForLanes() : 0,
    idle: machineIdle(),
  })
  const ticking = setInterval(() => reporter.tick(Date.now()), TICK)
  try {
    const ended = await stopper.unlessLate(
      run({
        jobs: jobs.map(({ implementation, cases, file }) => ({
          implementation,
          cases,
          baseline: file.content,
        })),
        lanes: request.lanes ?? (contained ? LANES.container : LANES.other),
        growth,
        clock: request.clock ?? 'accelerated',
        store,
        keep: request.keep,
        durations,
        report,
        faults: () => reporter.broken.map((name) => `the reporter ${name} failed`),
        knownCases: VOCABULARY.cases,
        monitors: MONITORS,
        smokes: namedCases(SMOKES, known),
        probes: namedCases(PROBES, known),
        ...(request.repeat === undefined ? {} : { rounds: request.repeat }),
        header: {
          run: currentRun().run,
          harness: packageVersion(),
          node: process.versions.node,
          seed,
          ...(request.impair === undefined ? {} : { impairment: request.impair }),
          clock: clockOf(jobs, request),
          ...(demonstration === undefined ? {} : { demonstration }),
          arguments: [...request.arguments],
        },
        signal: stopper.signal,
      }),
    )
    await stopper.stopped()
    const interruption = stopper.interruption()
    // A run that was over before the interruption keeps its exit code, which its reports have.
    const wasOver = last !== undefined && last.interrupted === undefined && interruption?.error === undefined
    if (interruption !== undefined && !wasOver) {
      // A run that hangs never writes the event that ends it: that is done here.
      if (last === undefined)
        report(
          store.append({
            kind: 'run-finished',
            exitCode: 3,
            reasons: [`interrupted: ${interruption.reason}`],
            interrupted: interruption.reason,
          }),
        )
      return 3
    }
    if (ended === undefined) return 3
    if ('error' in ended) {
      // A run that failed may have left containers and networks behind.
      await emergencyStop()
      throw ended.error
    }
    if (request.updateBaseline) updateBaselines(jobs, ended.value, io)
    // The results are kept, but a report that was asked for is missing.
    reporter.end()
    return reporter.broken.length > 0 ? 3 : ended.value.exitCode
  } finally {
    clearInterval(ticking)
    growth.end()
    durations.save()
    try {
      reporter.end()
    } finally {
      store.close()
    }
  }
}

/** Returns how many lanes this machine has room for, by its processors and free memory. */
function roomForLanes(): number {
  return Math.min(availableParallelism() * LANES_A_PROCESSOR, Math.floor(freemem() / GUEST))
}

/** Returns the clock that the run is recorded with: `accelerated` if only timed scenarios are. */
function clockOf(jobs: readonly PlannedJob[], request: RunRequest): Clock {
  if (jobs.every(({ implementation }) => implementation.kind === 'embedded')) return 'virtual'
  if (request.clock === 'real') return 'real'
  const accelerated = jobs.some(
    ({ implementation, cases }) =>
      implementation.acceleration !== undefined && cases.some(({ scenario }) => scenario.timer !== undefined),
  )
  return accelerated ? 'accelerated' : 'real'
}

function namedCases(ids: readonly string[], known: readonly ScenarioCase[]): readonly ScenarioCase[] {
  return ids.map((wanted) => {
    const smoke = known.find(({ id }) => id === wanted)
    if (smoke !== undefined) return smoke
    throw new HarnessError(
      'IncompleteSuite',
      3,
      `there is no scenario ${wanted}`,
      'Install the package again',
    )
  })
}

/** Updates baselines. It reports on standard error: standard output ends with the result. */
function updateBaselines(jobs: readonly PlannedJob[], { outcomes }: RunOutcome, io: Io): void {
  for (const { implementation, file } of jobs) {
    const { name } = implementation
    const outcome = outcomes.get(name)
    const why = outcome === undefined ? 'it was not played' : outcome.unfit
    const said =
      outcome === undefined || why !== undefined
        ? [`${file.path} stays as it was: ${why}`]
        : writeBaseline(name, file, outcome, VOCABULARY)
    for (const line of said) io.stderr.write(`${harmless(line)}\n`)
  }
}
