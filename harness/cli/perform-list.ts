import { REQUIREMENTS } from '../../suites/catalogue.ts'
import { SCENARIOS } from '../../suites/index.ts'
import { UsageError } from '../errors/errors.ts'
import { HABIT_NAMES, HABITS } from '../reference/habits.ts'
import { MUTANTS } from '../reference/mutants.ts'
import {
  habitsText,
  implementationsText,
  interopText,
  mutantsText,
  requirementsText,
  scenariosText,
} from '../report/list-text.ts'
import { type Selection, selectCases } from '../runner/select.ts'
import type { Catalogue } from '../scenario/requirement.ts'
import { type Scenario, type ScenarioCase, scenarioName } from '../scenario/scenario.ts'
import type { ExitCode, Io } from './io.ts'
import { DEFAULT_IMPLEMENTATIONS, type LISTS, REFERENCE } from './names.ts'

/** The items of a list, for programs, and its text, for people. */
interface List {
  readonly items: readonly object[]
  readonly text: () => string
}

type Filter = Required<Pick<Selection, 'scenarios' | 'requirements' | 'roles' | 'tags'>>

/**
 * Prints one list.
 * @throws UsageError when a filter matches nothing, or the list cannot be filtered.
 */
export async function performList(
  what: (typeof LISTS)[number],
  filter: Filter,
  json: boolean,
  { stdout }: Pick<Io, 'stdout'>,
): Promise<ExitCode> {
  const { items, text } = await listOf(what, filter)
  stdout.write(json ? `${JSON.stringify(items, null, 1)}\n` : text())
  return 0
}

async function listOf(what: (typeof LISTS)[number], filter: Filter): Promise<List> {
  if (what === 'implementations') return implementations(filter)
  if (what === 'interop') return interop(filter)
  if (what === 'habits') return habits(filter)
  const cases = selectCases(SCENARIOS, filter)
  switch (what) {
    case 'scenarios':
      return scenarios(cases)
    case 'requirements':
      return requirements(scenariosOf(cases), filter)
    case 'mutants':
      return mutants(scenariosOf(cases), filter)
  }
}

function scenarios(cases: readonly ScenarioCase[]): List {
  const items = scenariosOf(cases).map((one) => ({
    id: scenarioName(one),
    purpose: one.purpose,
    decides: one.decides,
    provenBy: one.provenBy,
    iut: one.iut,
    needs: one.needs,
    valuesNeed: one.valuesNeed,
    ...(one.profile === undefined ? {} : { profile: one.profile }),
    tags: one.tags,
    ...(one.timer === undefined ? {} : { timer: one.timer }),
    cases: cases.filter(({ scenario }) => scenario === one).map(({ id }) => id),
  }))
  return { items, text: () => scenariosText(items) }
}

function requirements(among: readonly Scenario[], filter: Filter): List {
  const catalogue: Catalogue = REQUIREMENTS
  const items = Object.entries(catalogue)
    .map(([id, { document = 'RFC 2637', level, section, page, binds, text, reading }]) => ({
      id,
      document,
      level,
      section,
      page,
      binds,
      text,
      ...(reading === undefined ? {} : { reading }),
      decidedBy: among.filter(({ decides }) => decides.includes(id)).map(scenarioName),
    }))
    .filter(({ id }) => filter.requirements.length === 0 || filter.requirements.includes(id))
    .filter(
      ({ decidedBy }) =>
        filter.scenarios.length + filter.roles.length + filter.tags.length === 0 || decidedBy.length > 0,
    )
  return { items, text: () => requirementsText(items) }
}

function mutants(among: readonly Scenario[], filter: Filter): List {
  const filtered = Object.values(filter).some(({ length }) => length > 0)
  const items = Object.entries(MUTANTS)
    .map(([name, { title, section, breaks, consequences = [] }]) => ({
      name,
      title,
      section,
      breaks,
      consequences,
      caughtBy: among.filter(({ provenBy }) => provenBy.includes(name)).map(scenarioName),
    }))
    .filter(({ caughtBy }) => !filtered || caughtBy.length > 0)
  return { items, text: () => mutantsText(items) }
}

/** @throws UsageError when there is a filter, because `what` do not belong to scenarios. */
function requireNoFilter(filter: Filter, what: string): void {
  if (Object.values(filter).some(({ length }) => length > 0))
    throw new UsageError(
      `${what} do not belong to scenarios or requirements`,
      'Leave out --scenario, --requirement, --role and --tag',
    )
}

function habits(filter: Filter): List {
  requireNoFilter(filter, 'habits')
  const items = HABIT_NAMES.map((name) => ({ name, title: HABITS[name].title, lawful: HABITS[name].lawful }))
  return { items, text: () => habitsText(items) }
}

async function interop(filter: Filter): Promise<List> {
  requireNoFilter(filter, 'cases of interoperability')
  const { caseGroups } = await import('../interop/document.ts')
  const items = caseGroups()
  return { items, text: () => interopText(items) }
}

async function implementations(filter: Filter): Promise<List> {
  requireNoFilter(filter, 'implementations')
  // Imported only here, because the module that reads manifests takes long to load.
  const { claimsOf, listImplementations } = await import('../implementations/manifest.ts')
  const items = [
    // The reference has a folder, too, for interoperability runs.
    ...listImplementations()
      .filter(({ manifest }) => manifest.name !== REFERENCE)
      .map(({ folder, manifest }) => ({
        name: manifest.name,
        title: manifest.title,
        kind: 'container' as const,
        pics: claimsOf(manifest),
        base: manifest.base,
        folder,
      })),
    { name: REFERENCE, title: 'The embedded reference, PAC and PNS', kind: 'embedded' as const },
  ]
  return { items, text: () => implementationsText(items, DEFAULT_IMPLEMENTATIONS) }
}

function scenariosOf(cases: readonly ScenarioCase[]): readonly Scenario[] {
  return [...new Set(cases.map(({ scenario }) => scenario))]
}
