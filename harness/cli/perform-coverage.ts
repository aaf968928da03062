import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import picomatch from 'picomatch'
import { REQUIREMENTS } from '../../suites/catalogue.ts'
import { SCENARIOS } from '../../suites/index.ts'
import { MONITORS } from '../../suites/monitors/index.ts'
import type { Role } from '../../suites/requirements/entry.ts'
import { UsageError } from '../errors/errors.ts'
import { claimsOf, listImplementations } from '../implementations/manifest.ts'
import { packageRoot } from '../implementations/package-root.ts'
import {
  type Behaviours,
  behavioursInBaseline,
  behavioursInResults,
  type CoverageRow,
  chanceReason,
  coverage,
  gaps,
  isInSections,
  ROLES,
  type SectionRange,
} from '../proof/coverage.ts'
import type { Proof } from '../proof/proof.ts'
import { prove } from '../proof/prove.ts'
import { inThreads } from '../proof/prove-workers.ts'
import { MUTANT_NAMES } from '../reference/mutants.ts'
import { type CoverageReport, coverageText, coveredText, gapsText } from '../report/coverage-text.ts'
import { readEvents } from '../report/events.ts'
import { tallyOf } from '../report/tally.ts'
import { readBaseline } from '../runner/baseline.ts'
import { requireShort } from '../runner/globs.ts'
import { EVENTS_FILE } from '../runner/result-files.ts'
import { unknown } from '../runner/select.ts'
import { scenarioName } from '../scenario/scenario.ts'
import type { ExitCode, Io } from './io.ts'
import { VOCABULARY } from './vocabulary.ts'

/** The arguments of `pptpspec coverage`. */
export interface CoverageRequest {
  readonly section: SectionRange | undefined
  readonly requirement: readonly string[]
  readonly undecided: boolean
  /** The role whose requirements have to be tested; both roles unless given. */
  readonly role: Role | undefined
  readonly results: string | undefined
  /** Whether no scenario is played, so that it is not known which mutants prove a test. */
  readonly quick: boolean
  readonly json: boolean
}

/**
 * Prints what is known about requirements.
 * @throws UsageError when a requirement, section or results directory does not exist.
 */
export async function performCoverage(
  request: CoverageRequest,
  io: Pick<Io, 'stdout' | 'cwd'>,
): Promise<ExitCode> {
  const sources = { catalogue: REQUIREMENTS, scenarios: SCENARIOS, monitors: MONITORS }
  const behaviours =
    request.results === undefined ? committed() : behavioursAt(resolve(io.cwd, request.results))
  // Chosen before the proof, which takes seconds: the requirement or section may not exist.
  const asked = chosen(coverage(sources), request)
  const wanted = new Set(asked.map(({ id }) => id))
  const proof = request.quick ? undefined : await proofFor(asked)
  const rows = coverage({ ...sources, proof, behaviours }).filter(({ id }) => wanted.has(id))
  const roles = request.role === undefined ? ROLES : [request.role]
  const undecided = roles.flatMap((role) => gaps(rows, role))
  const shown = request.undecided
    ? rows.filter(
        (row) =>
          row.state !== 'decided' ||
          undecided.includes(row) ||
          roles.some((role) => chanceReason(row, role) !== undefined),
      )
    : rows
  io.stdout.write(
    request.json
      ? `${JSON.stringify(shown, null, 1)}\n`
      : textOf(request, {
          rows,
          shown,
          implementations: behaviours.map(({ implementation }) => implementation),
          roles,
        }),
  )
  return undecided.length === 0 ? 0 : 1
}

function textOf({ requirement, undecided }: CoverageRequest, report: CoverageReport): string {
  if (requirement.length > 0) return coveredText(report.shown, report.roles)
  return undecided ? gapsText(report) : coverageText(report)
}

/**
 * Proves the scenarios and monitors of these rows. A monitor needs the plays of all scenarios, so
 * all are played if there is a monitor among them.
 */
function proofFor(rows: readonly CoverageRow[]): Promise<Proof> {
  const ids = new Set(rows.flatMap(({ scenarios, monitors }) => [...scenarios, ...monitors]))
  const monitors = MONITORS.filter(({ id }) => ids.has(id))
  const scenarios = monitors.length > 0 ? SCENARIOS : SCENARIOS.filter((one) => ids.has(scenarioName(one)))
  return prove(scenarios, monitors, MUTANT_NAMES, { prover: inThreads() })
}

function chosen(
  rows: readonly CoverageRow[],
  { section, requirement }: CoverageRequest,
): readonly CoverageRow[] {
  const globs = requirement.map((glob) => {
    requireShort(glob)
    const matches = (id: string) => id === glob || picomatch.isMatch(id, glob)
    if (!rows.some(({ id }) => matches(id)))
      throw unknown(
        'requirement',
        glob,
        rows.map(({ id }) => id),
        'requirements',
      )
    return matches
  })
  const found = rows
    .filter(({ id }) => globs.length === 0 || globs.some((matches) => matches(id)))
    .filter((row) => section === undefined || isInSections(row.requirement, section))
  if (found.length === 0)
    throw new UsageError(
      'no requirement is in these sections',
      'Leave out --section or --requirement; pptpspec list requirements shows all',
    )
  return found
}

/** Reads the behaviour of each implementation from the baselines in this package. */
function committed(): readonly Behaviours[] {
  const folder = join(packageRoot(), 'results', 'baselines')
  const pics = new Map(listImplementations().map(({ manifest }) => [manifest.name, claimsOf(manifest)]))
  return baselineFiles(folder).flatMap((file) => {
    const baseline = readBaseline(join(folder, file), VOCABULARY)
    return baseline === undefined
      ? []
      : behavioursInBaseline(baseline, pics.get(baseline.implementation), {
          catalogue: REQUIREMENTS,
          scenarios: SCENARIOS,
        })
  })
}

function baselineFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((file) => file.endsWith('.yaml'))
      .sort()
  } catch {
    // Without baselines, coverage still shows what is tested.
    return []
  }
}

function behavioursAt(directory: string): readonly Behaviours[] {
  const { implementations } = tallyOf(readEvents(join(directory, EVENTS_FILE)))
  return implementations.map(({ name, results, watched }) =>
    behavioursInResults(
      name,
      results.map(({ result }) => result),
      watched,
    ),
  )
}
