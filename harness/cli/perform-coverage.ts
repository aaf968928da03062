import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import picomatch from 'picomatch'
import { REQUIREMENTS } from '../../suites/catalogue.ts'
import { SCENARIOS } from '../../suites/index.ts'
import { MONITORS } from '../../suites/monitors/index.ts'
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
import { unknown } from '../runner/select.ts'
import { EVENTS_FILE } from '../runner/store.ts'
import type { ScenarioResult } from '../scenario/verdict.ts'
import { columns, counted } from './columns.ts'
import { harmless } from './failure.ts'
import type { ExitCode, Io } from './io.ts'

/** What `pptpspec coverage` was asked for. */
export interface CoverageRequest {
  readonly section: SectionRange | undefined
  readonly requirement: readonly string[]
  readonly undecided: boolean
  readonly role: 'recipient' | 'originator'
  readonly results: string | undefined
  /** Plays nothing, and so knows of no mutants. */
  readonly quick: boolean
  readonly json: boolean
}

/** The sections that have to be covered where none are asked for: control connection and calls. */
const COVERED: SectionRange = { from: '1.4', to: '3' }

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
  const undecided = gaps(rows, request.role)
  const shown = request.undecided
    ? rows.filter((row) => row.state !== 'decided' || chanceReason(row, request.role) !== undefined)
    : rows
  if (request.json) io.stdout.write(`${JSON.stringify(shown, null, 1)}\n`)
  else {
    const lines =
      request.requirement.length > 0
        ? shown.flatMap((row) => described(row, request.role))
        : [
            ...table(shown, behaviours, request.role),
            ...(request.undecided ? reasons(shown, request.role) : []),
            '',
            ...tally(rows, request.role),
          ]
    io.stdout.write(`${harmless(lines.join('\n'))}\n`)
  }
  const chose = request.section !== undefined || request.requirement.length > 0
  const missing = undecided.filter(({ requirement }) => chose || isInSections(requirement.section, COVERED))
  return missing.length === 0 ? 0 : 1
}

/** Plays what these rows need: their own scenarios, but all of them where a monitor has to see what there is to see. */
function proofFor(rows: readonly CoverageRow[]): Promise<Proof> {
  const ids = new Set(rows.flatMap(({ scenarios, monitors }) => [...scenarios, ...monitors]))
  const monitors = MONITORS.filter(({ id }) => ids.has(id))
  const scenarios = monitors.length > 0 ? SCENARIOS : SCENARIOS.filter(({ id }) => ids.has(id))
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
    .filter((row) => section === undefined || isInSections(row.requirement.section, section))
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
  role: CoverageRequest['role'],
): readonly string[] {
  const names = behaviours.map(({ implementation }) => implementation)
  return columns([
    ['requirement', 'level', 'tested', 'mutants', ...names],
    ...rows.map((row) => [
      row.id,
      row.requirement.level,
      testedBy(row, role),
      row.state === 'decided' ? String(row.provenBy?.length ?? '-') : '-',
      ...names.map((name) => row.behaviours[name]?.verdict ?? '-'),
    ]),
  ])
}

function testedBy(row: CoverageRow, role: CoverageRequest['role']): string {
  const { state, requirement, scenarios, monitors, hasOccasion } = row
  if (state === 'unobservable') return 'unobservable'
  const elsewhere = requirement.iut.includes(role) ? '' : ` (${requirement.iut.join(', ')} only)`
  if (state === 'undecided') return `no${elsewhere}`
  return [
    ...(scenarios.length === 0 ? [] : [counted(scenarios.length, 'scenario')]),
    ...(monitors.length === 0 ? [] : [counted(monitors.length, 'monitor')]),
    ...(hasOccasion === false ? [chanceReason(row, role) === undefined ? 'no occasion' : 'by chance'] : []),
  ].join(', ')
}

/** Why some requirements are not tested. */
function reasons(rows: readonly CoverageRow[], role: CoverageRequest['role']): readonly string[] {
  return [
    ...listedByReason('Unobservable:', rows, ({ requirement: { decided } }) =>
      decided.by === 'unobservable' ? decided.reason : undefined,
    ),
    ...listedByReason(
      `By chance, which is to say that monitors judge it in captures and whenever a ${role} does it by itself:`,
      rows,
      (row) => chanceReason(row, role),
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

function tally(rows: readonly CoverageRow[], role: CoverageRequest['role']): readonly string[] {
  const count = (state: CoverageRow['state']) => rows.filter((row) => row.state === state).length
  return [
    `${counted(rows.length, 'requirement')}: ${count('decided')} tested, ${count('undecided')} not tested, ${count('unobservable')} unobservable`,
    `of a ${role}: ${gaps(rows, role).length} not tested${
      rows.some(({ hasOccasion }) => hasOccasion !== undefined)
        ? `, ${byChance(rows, role).length} by chance, ${withoutOccasion(rows, role).length} whose monitors no scenario gives an occasion`
        : ''
    }`,
  ]
}

/** All about one requirement. */
function described(row: CoverageRow, role: CoverageRequest['role']): readonly string[] {
  const chance = chanceReason(row, role)
  const { id, requirement, scenarios, monitors, provenBy, behaviours, hasOccasion } = row
  const { level, section, page, binds, text, reading, decided, iut } = requirement
  return [
    `${id} (${level}, RFC 2637 section ${section}, page ${page}, binds ${binds.join(' and ')})`,
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
    ...(chance === undefined ? [] : [`    by chance only: ${chance}`]),
    ...(row.state === 'decided' && hasOccasion === false && chance === undefined
      ? ['    no scenario gives an occasion for it']
      : []),
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
