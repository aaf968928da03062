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
import { MUTANT_NAMES } from '../reference/mutants.ts'
import { readEvents } from '../report/events.ts'
import { readBaseline } from '../runner/baseline.ts'
import {
  type Behaviours,
  behavioursInBaseline,
  behavioursInResults,
  byChance,
  type CoverageRow,
  chanceReason,
  coverage,
  gaps,
  isInSections,
  type SectionRange,
  withoutOccasion,
} from '../runner/coverage.ts'
import type { Proof } from '../runner/proof.ts'
import { prove } from '../runner/prove.ts'
import { inThreads } from '../runner/prove-workers.ts'
import { EVENTS_FILE } from '../runner/result-files.ts'
import { unknown } from '../runner/select.ts'
import { scenarioName } from '../scenario/scenario.ts'
import type { ScenarioResult } from '../scenario/verdict.ts'
import { columns, counted } from './columns.ts'
import { harmless } from './failure.ts'
import type { ExitCode, Io } from './io.ts'

/** What `pptpspec coverage` was asked for. */
export interface CoverageRequest {
  readonly section: SectionRange | undefined
  readonly requirement: readonly string[]
  readonly undecided: boolean
  /** Whose requirements have to be tested; those of both unless given. */
  readonly role: Role | undefined
  readonly results: string | undefined
  /** Plays nothing, and so knows of no mutants. */
  readonly quick: boolean
  readonly json: boolean
}

const ROLES: readonly Role[] = ['recipient', 'originator']

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
  // Before the proof, which takes seconds: what was asked for may not exist.
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
  if (request.json) io.stdout.write(`${JSON.stringify(shown, null, 1)}\n`)
  else {
    const lines =
      request.requirement.length > 0
        ? shown.flatMap((row) => described(row, roles))
        : [
            ...table(shown, behaviours, roles),
            ...(request.undecided ? reasons(shown, roles) : []),
            '',
            ...tally(rows, roles),
          ]
    io.stdout.write(`${harmless(lines.join('\n'))}\n`)
  }
  return undecided.length === 0 ? 0 : 1
}

/** Plays what these rows need: their own scenarios, but all of them where a monitor has to see what there is to see. */
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

/** What the committed baselines say, of each implementation that has one. */
function committed(): readonly Behaviours[] {
  const folder = join(packageRoot(), 'results', 'baselines')
  const pics = new Map(listImplementations().map(({ manifest }) => [manifest.name, claimsOf(manifest)]))
  return baselineFiles(folder).flatMap((file) => {
    const baseline = readBaseline(join(folder, file))
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
    // An installation without baselines still knows what is tested.
    return []
  }
}

function behavioursAt(directory: string): readonly Behaviours[] {
  const results = new Map<string, ScenarioResult[]>()
  for (const event of readEvents(join(directory, EVENTS_FILE)))
    if (event.kind === 'scenario-finished')
      results.set(event.implementation, [...(results.get(event.implementation) ?? []), event.result])
  return [...results].map(([implementation, all]) => behavioursInResults(implementation, all))
}

function table(
  rows: readonly CoverageRow[],
  behaviours: readonly Behaviours[],
  roles: readonly Role[],
): readonly string[] {
  const names = behaviours.map(({ implementation }) => implementation)
  return columns([
    ['requirement', 'level', 'tested', 'mutants', ...names],
    ...rows.map((row) => [
      row.id,
      row.requirement.level,
      testedBy(row, roles),
      row.state === 'decided' ? String(row.provenBy?.length ?? '-') : '-',
      ...names.map((name) => row.behaviours[name]?.verdict ?? '-'),
    ]),
  ])
}

function testedBy(row: CoverageRow, roles: readonly Role[]): string {
  const { state, requirement, scenarios, monitors } = row
  if (state === 'unobservable') return 'unobservable'
  if (state === 'undecided')
    return requirement.iut.some((role) => roles.includes(role))
      ? 'no'
      : `no (${requirement.iut.join(', ')} only)`
  return [
    ...(scenarios.length === 0 ? [] : [counted(scenarios.length, 'scenario')]),
    ...(monitors.length === 0 ? [] : [counted(monitors.length, 'monitor')]),
    ...roles.flatMap((role) => {
      if (gaps([row], role).length > 0) return [`not on ${article(role)}`]
      if (chanceReason(row, role) !== undefined) return [`by chance on ${article(role)}`]
      return withoutOccasion([row], role).length > 0 ? [`no occasion on ${article(role)}`] : []
    }),
  ].join(', ')
}

/** Why some requirements are not tested. */
function reasons(rows: readonly CoverageRow[], roles: readonly Role[]): readonly string[] {
  return [
    ...listedByReason('Unobservable:', rows, ({ requirement: { decided } }) =>
      decided.by === 'unobservable' ? decided.reason : undefined,
    ),
    ...roles.flatMap((role) =>
      listedByReason(
        `By chance, which is to say that monitors judge it in captures and whenever ${article(role)} does it by itself:`,
        rows,
        (row) => chanceReason(row, role),
      ),
    ),
  ]
}

function listedByReason(
  title: string,
  rows: readonly CoverageRow[],
  reasonOf: (row: CoverageRow) => string | undefined,
): readonly string[] {
  const why = new Map<string, string[]>()
  for (const row of rows) {
    const reason = reasonOf(row)
    if (reason !== undefined) why.set(reason, [...(why.get(reason) ?? []), row.id])
  }
  if (why.size === 0) return []
  return ['', title, ...[...why].flatMap(([reason, ids]) => [`  ${reason}`, `    ${ids.join(', ')}`])]
}

function tally(rows: readonly CoverageRow[], roles: readonly Role[]): readonly string[] {
  const count = (state: CoverageRow['state']) => rows.filter((row) => row.state === state).length
  return [
    `${counted(rows.length, 'requirement')}: ${count('decided')} tested, ${count('undecided')} not tested, ${count('unobservable')} unobservable`,
    ...roles.map(
      (role) =>
        `of ${article(role)}: ${gaps(rows, role).length} not tested${
          rows.some(({ occasions }) => occasions !== undefined)
            ? `, ${byChance(rows, role).length} by chance, ${withoutOccasion(rows, role).length} that no scenario gives an occasion`
            : ''
        }`,
    ),
  ]
}

/** All about one requirement. */
function described(row: CoverageRow, roles: readonly Role[]): readonly string[] {
  const { id, requirement, scenarios, monitors, provenBy, behaviours } = row
  const { level, document = 'RFC 2637', section, page, binds, text, reading, decided, iut } = requirement
  return [
    `${id} (${level}, ${document} section ${section}, page ${page}, binds ${binds.join(' and ')})`,
    `    ${text}`,
    ...(reading === undefined
      ? []
      : [`    read as interpretation ${reading} says (docs/interpretations.md)`]),
    ...(decided.by === 'unobservable' ? [`    unobservable: ${decided.reason}`] : []),
    ...(row.state === 'undecided'
      ? [`    not tested; a ${decided.by} could decide it on: ${iut.join(', ')}`]
      : []),
    ...(scenarios.length === 0 ? [] : [`    decided by ${scenarios.join(', ')}`]),
    ...(monitors.length === 0
      ? []
      : [`    watched by ${monitors.map((one) => `monitor ${one}`).join(', ')}`]),
    ...roles.flatMap((role) => {
      const chance = chanceReason(row, role)
      if (chance !== undefined) return [`    on ${article(role)} by chance only: ${chance}`]
      if (row.state === 'decided' && gaps([row], role).length > 0)
        return [`    not tested on ${article(role)}`]
      if (withoutOccasion([row], role).length === 0) return []
      return [`    no scenario gives ${article(role)} an occasion for it`]
    }),
    ...(row.state === 'decided' && provenBy !== undefined
      ? [
          `    ${provenBy.length === 0 ? 'no mutant breaks it' : `found broken in the mutants ${provenBy.join(', ')}`}`,
        ]
      : []),
    ...Object.entries(behaviours).flatMap(([implementation, { verdict, evidence }]) => [
      `    ${implementation}: ${verdict}`,
      ...evidence.map((one) => `        ${one.case}: ${one.text}`),
    ]),
    '',
  ]
}

function article(role: Role): string {
  return role === 'originator' ? `an ${role}` : `a ${role}`
}
