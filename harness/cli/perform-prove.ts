import { REQUIREMENTS } from '../../suites/catalogue.ts'
import { SCENARIOS } from '../../suites/index.ts'
import { MONITORS } from '../../suites/monitors/index.ts'
import type { Role } from '../../suites/requirements/entry.ts'
import { UsageError } from '../errors/errors.ts'
import { coverage, ROLES } from '../proof/coverage.ts'
import { isClean, type Proof, shortcomingsOf } from '../proof/proof.ts'
import { prove } from '../proof/prove.ts'
import { inThreads, strangersInThreads, timeInThreads } from '../proof/prove-workers.ts'
import { strangerOf } from '../proof/stranger.ts'
import type { StrangerPlan } from '../proof/strangers.ts'
import { isPrecise, type StrangersSummary, showingIn, summaryOf } from '../proof/strangers-summary.ts'
import { isMutantName, MUTANT_NAMES, type MutantName } from '../reference/mutants.ts'
import { matrixText, proofText, whatShows } from '../report/proof-text.ts'
import { strangersText, strangerText } from '../report/strangers-text.ts'
import { timingText } from '../report/timing-text.ts'
import { selectCases, unknown } from '../runner/select.ts'
import type { ScenarioCase } from '../scenario/scenario.ts'
import type { ExitCode, Io } from './io.ts'

/** The arguments of `pptpspec prove`. */
export interface ProveRequest {
  readonly scenario: readonly string[]
  readonly mutant: readonly string[]
  /** If `recipient`, mutants that show only in an originator may survive; otherwise none may. */
  readonly role: Role | undefined
  /** Whether each variation of a scenario is played on mutants that it does not name, too. */
  readonly everyVariation: boolean
  /** How many strangers are made and played afterwards; none unless given. */
  readonly strangers: number | undefined
  readonly matrix: boolean
  /** How many seeds of delivery times each case is played with; undefined: mutants are played. */
  readonly timing: number | undefined
  /** The first of the seeds of strangers or of delivery times; 1 unless given. */
  readonly seed: number | undefined
  readonly workers: number | undefined
  readonly json: boolean
}

/**
 * Proves the suites, or a part of them, and prints their shortcomings.
 * @throws UsageError when a scenario or mutant does not exist, or options exclude each other.
 */
export async function performProve(request: ProveRequest, io: Pick<Io, 'stdout'>): Promise<ExitCode> {
  const { timing } = request
  if (timing !== undefined) return proveTiming({ ...request, timing }, io)
  if (request.seed !== undefined && request.strangers === undefined)
    throw new UsageError(
      '--seed is the first seed of --timing or --strangers, and neither is given',
      'Give one of them, too',
    )
  return proveMutants(request, io)
}

async function proveMutants(request: ProveRequest, { stdout }: Pick<Io, 'stdout'>): Promise<ExitCode> {
  const mutants = request.mutant.length === 0 ? MUTANT_NAMES : request.mutant.map(readMutant)
  const cases = selectCases(SCENARIOS, { scenarios: request.scenario })
  const scenarios = [...new Set(cases.map(({ scenario }) => scenario))]
  const began = performance.now()
  const proof = await prove(scenarios, MONITORS, mutants, {
    prover: inThreads(request.workers),
    everyVariation: request.everyVariation,
  })
  const seconds = (performance.now() - began) / 1000
  const wrong = shortcomingsOf(proof, {
    someMutants: request.mutant.length > 0,
    someScenarios: request.scenario.length > 0,
    role: request.role ?? 'both',
    catalogue: REQUIREMENTS,
  })
  const strangers = await strangersOf(request, proof, cases)
  if (request.json)
    stdout.write(
      `${JSON.stringify({ clean: isClean(wrong), ...wrong, strangers: strangers?.summary, proof }, null, 1)}\n`,
    )
  else {
    const whole = request.scenario.length === 0 && request.mutant.length === 0
    if (request.matrix) stdout.write(matrixText(whole ? proof : whatShows(proof)))
    stdout.write(
      proofText({
        proof,
        wrong,
        coverage: whole
          ? coverage({ catalogue: REQUIREMENTS, scenarios: SCENARIOS, monitors: MONITORS, proof })
          : undefined,
        roles: request.role === undefined ? ROLES : [request.role],
        seconds,
      }),
    )
    if (strangers !== undefined) stdout.write(strangers.text)
  }
  return isClean(wrong) && (strangers === undefined || isPrecise(strangers.summary)) ? 0 : 1
}

/** Plays the strangers that were asked for. */
async function strangersOf(
  { strangers: count, seed = 1, workers }: ProveRequest,
  proof: Proof,
  cases: readonly ScenarioCase[],
): Promise<{ readonly summary: StrangersSummary; readonly text: string } | undefined> {
  if (count === undefined) return undefined
  const began = performance.now()
  const seeds = Array.from({ length: count }, (_, more) => (seed + more) >>> 0)
  const plan: StrangerPlan = {
    cases: new Map(cases.map((one) => [one.id, one])),
    showing: showingIn(proof),
    monitors: MONITORS,
    besides: BESIDES,
  }
  const summary = summaryOf(await strangersInThreads(seeds, plan, workers))
  const made = count === 1 ? strangerText(strangerOf(seed)) : ''
  return { summary, text: `${made}${strangersText(summary, (performance.now() - began) / 1000)}` }
}

/** How many cases each stranger plays in addition to those that show its faults. */
const BESIDES = 8

/** Plays cases under seeds of delivery times, and prints the verdicts that differ. */
async function proveTiming(
  request: ProveRequest & { readonly timing: number },
  { stdout }: Pick<Io, 'stdout'>,
): Promise<ExitCode> {
  const { mutant, matrix, role, everyVariation } = request
  const other = [
    ...(mutant.length > 0 ? ['--mutant'] : []),
    ...(matrix ? ['--matrix'] : []),
    ...(everyVariation ? ['--every-variation'] : []),
    ...(request.strangers === undefined ? [] : ['--strangers']),
    ...(role === undefined ? [] : ['--role']),
  ]
  if (other.length > 0)
    throw new UsageError(
      `--timing plays no mutants, and ${other.join(' and ')} ${other.length === 1 ? 'is' : 'are'} about them`,
      'Leave out one or the other',
    )
  const first = request.seed ?? 1
  const seeds = Array.from({ length: request.timing }, (_, at) => (first + at) >>> 0)
  const cases = selectCases(SCENARIOS, { scenarios: request.scenario })
  const began = performance.now()
  const differences = await timeInThreads(request.workers)(cases, { seeds, monitors: MONITORS })
  const seconds = (performance.now() - began) / 1000
  const isSame = differences.length === 0
  stdout.write(
    request.json
      ? `${JSON.stringify({ clean: isSame, cases: cases.length, seeds, differences }, null, 1)}\n`
      : timingText({ cases: cases.length, seeds: seeds.length, differences, seconds }),
  )
  return isSame ? 0 : 1
}

/** Reads the name of a mutant. @throws UsageError when there is no mutant of that name. */
export function readMutant(name: string): MutantName {
  if (!isMutantName(name)) throw unknown('mutant', name, MUTANT_NAMES, 'mutants')
  return name
}
