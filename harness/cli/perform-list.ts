import { REQUIREMENTS } from '../../suites/catalogue.ts'
import { SCENARIOS } from '../../suites/index.ts'
import { UsageError } from '../errors/errors.ts'
import { MUTANTS } from '../reference/mutants.ts'
import { type Selection, selectCases } from '../runner/select.ts'
import type { Catalogue } from '../scenario/requirement.ts'
import { type Scenario, type ScenarioCase, scenarioName } from '../scenario/scenario.ts'
import { columns, counted } from './columns.ts'
import type { ExitCode, Io } from './io.ts'
import { DEFAULT_IMPLEMENTATIONS, type LISTS, REFERENCE } from './names.ts'

/** What a list holds, for programs and for people. */
interface List {
  readonly items: readonly object[]
  readonly lines: readonly string[]
}

type Filter = Required<Pick<Selection, 'scenarios' | 'requirements' | 'roles' | 'tags'>>

/**
 * Prints one list.
 * @throws UsageError when a filter matches nothing, or cannot apply.
 */
export async function performList(
  what: (typeof LISTS)[number],
  filter: Filter,
  json: boolean,
  { stdout }: Pick<Io, 'stdout'>,
): Promise<ExitCode> {
  const { items, lines } = await listOf(what, filter)
  stdout.write(json ? `${JSON.stringify(items, null, 1)}\n` : `${lines.join('\n')}\n`)
  return 0
}

async function listOf(what: (typeof LISTS)[number], filter: Filter): Promise<List> {
  if (what === 'implementations') return implementations(filter)
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
  return {
    items,
    lines: [
      ...items.flatMap((one) => [
        `${one.id} (${counted(one.cases.length, 'case')})`,
        `    ${one.purpose}`,
        ...filled(conditions(one), 4, 100),
        ...filled(`decides ${one.decides.join(', ')}`, 4, 100),
      ]),
      '',
      `${counted(items.length, 'scenario')}, ${counted(cases.length, 'case')}`,
    ],
  }
}

/** For whom a scenario is and what it takes, in a line: `originator; needs ppp; profile open; tags long`. */
function conditions({
  iut,
  needs,
  valuesNeed,
  profile,
  tags,
  timer,
}: Pick<Scenario, 'iut' | 'needs' | 'valuesNeed' | 'tags'> & Partial<Scenario>): string {
  const some = Object.values(valuesNeed).flatMap((values) => Object.values(values ?? {}).flat())
  return [
    iut,
    ...(needs.length === 0 ? [] : [`needs ${needs.join(', ')}`]),
    ...(some.length === 0 ? [] : [`some cases need ${[...new Set(some)].join(', ')}`]),
    ...(profile === undefined ? [] : [`profile ${profile}`]),
    ...(tags.length === 0 ? [] : [`tags ${tags.join(', ')}`]),
    ...(timer === undefined ? [] : [`waits up to ${timer.wait / 1000} s`]),
  ].join('; ')
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
  return {
    items,
    lines: [
      ...items.flatMap((one) => [
        `${one.id} (${one.level}, ${one.document} section ${one.section}, page ${one.page})`,
        `    ${one.text}`,
        ...filled(
          one.decidedBy.length === 0 ? 'decided by nothing' : `decided by ${one.decidedBy.join(', ')}`,
          4,
          100,
        ),
      ]),
      '',
      counted(items.length, 'requirement'),
    ],
  }
}

function mutants(among: readonly Scenario[], filter: Filter): List {
  const filtered = Object.values(filter).some(({ length }) => length > 0)
  const items = Object.entries(MUTANTS)
    .map(([name, { title, section, breaks }]) => ({
      name,
      title,
      section,
      breaks,
      caughtBy: among.filter(({ provenBy }) => provenBy.includes(name)).map(scenarioName),
    }))
    .filter(({ caughtBy }) => !filtered || caughtBy.length > 0)
  return {
    items,
    lines: [
      ...items.flatMap((one) => [
        `${one.name} (section ${one.section})`,
        `    ${one.title}`,
        ...filled(
          one.caughtBy.length === 0 ? 'no scenario names it' : `to be caught by ${one.caughtBy.join(', ')}`,
          4,
          100,
        ),
      ]),
      '',
      counted(items.length, 'mutant'),
    ],
  }
}

async function implementations(filter: Filter): Promise<List> {
  if (Object.values(filter).some(({ length }) => length > 0))
    throw new UsageError(
      'implementations belong to no scenario or requirement',
      'Leave out --scenario, --requirement, --role and --tag',
    )
  // Reading manifests takes longer to load than everything else here.
  const { claimsOf, listImplementations } = await import('../implementations/manifest.ts')
  const items = [
    ...listImplementations().map(({ folder, manifest }) => ({
      name: manifest.name,
      title: manifest.title,
      kind: 'container' as const,
      pics: claimsOf(manifest),
      base: manifest.base,
      folder,
    })),
    { name: REFERENCE, title: 'The embedded reference, PAC and PNS', kind: 'embedded' as const },
  ]
  return {
    items,
    lines: columns(
      items.map(({ name, kind, title }) => [
        name,
        kind,
        `${title}${DEFAULT_IMPLEMENTATIONS.includes(name) ? ' (default)' : ''}`,
      ]),
    ),
  }
}

function scenariosOf(cases: readonly ScenarioCase[]): readonly Scenario[] {
  return [...new Set(cases.map(({ scenario }) => scenario))]
}

/** Text in indented lines, broken at blanks. */
function filled(text: string, indent: number, width: number): readonly string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(`${' '.repeat(lines.length === 0 ? indent : indent + 2)}${word}`)
  }
  return lines
}
