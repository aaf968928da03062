import type { Mutant } from '../reference/mutant.ts'
import type { Requirement } from '../scenario/requirement.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { columns, counted } from './columns.ts'
import { filled } from './fill.ts'

/** A scenario in a list. */
export interface ListedScenario
  extends Pick<Scenario, 'id' | 'purpose' | 'decides' | 'iut' | 'needs' | 'valuesNeed' | 'tags'>,
    Partial<Pick<Scenario, 'profile' | 'timer'>> {
  /** Ids of its selected cases. */
  readonly cases: readonly string[]
}

/** A requirement in a list. */
export interface ListedRequirement extends Pick<Requirement, 'level' | 'section' | 'page' | 'text'> {
  readonly id: string
  /** The RFC that states it: `RFC 2637`. */
  readonly document: string
  /** Ids of the scenarios that decide it. */
  readonly decidedBy: readonly string[]
}

/** A mutant in a list. */
export interface ListedMutant extends Pick<Mutant, 'title' | 'section' | 'breaks'> {
  readonly name: string
  /** Ids of the scenarios that claim to notice it. */
  readonly caughtBy: readonly string[]
}

/** An implementation in a list. */
export interface ListedImplementation {
  readonly name: string
  readonly title: string
  readonly kind: 'container' | 'embedded'
}

/** Lists scenarios with their purpose, their needs and their requirements. */
export function scenariosText(items: readonly ListedScenario[]): string {
  const cases = items.reduce((sum, one) => sum + one.cases.length, 0)
  return asText([
    ...items.flatMap((one) => [
      `${one.id} (${counted(one.cases.length, 'case')})`,
      `    ${one.purpose}`,
      ...paragraph(conditionsOf(one)),
      ...paragraph(`decides ${one.decides.join(', ')}`),
    ]),
    '',
    `${counted(items.length, 'scenario')}, ${counted(cases, 'case')}`,
  ])
}

/**
 * Returns the role and the needs of a scenario in a line: `originator; needs ppp; profile open;
 * tags long`.
 */
function conditionsOf({ iut, needs, valuesNeed, profile, tags, timer }: ListedScenario): string {
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

/** Lists requirements with section, text and the scenarios that decide them. */
export function requirementsText(items: readonly ListedRequirement[]): string {
  return asText([
    ...items.flatMap((one) => [
      `${one.id} (${one.level}, ${one.document} section ${one.section}, page ${one.page})`,
      `    ${one.text}`,
      ...paragraph(
        one.decidedBy.length === 0 ? 'no scenario decides it' : `decided by ${one.decidedBy.join(', ')}`,
      ),
    ]),
    '',
    counted(items.length, 'requirement'),
  ])
}

/**
 * Lists mutants, each with its fault, the requirements that it breaks, and the scenarios that claim
 * to notice it.
 */
export function mutantsText(items: readonly ListedMutant[]): string {
  return asText([
    ...items.flatMap((one) => [
      `${one.name} (section ${one.section})`,
      `    ${one.title}`,
      ...paragraph(`breaks ${one.breaks.join(', ')}`),
      ...paragraph(
        one.caughtBy.length === 0 ? 'no scenario names it' : `to be caught by ${one.caughtBy.join(', ')}`,
      ),
    ]),
    '',
    counted(items.length, 'mutant'),
  ])
}

interface ListedHabit {
  readonly name: string
  readonly title: string
  readonly lawful: string
}

/** Lists lawful habits, each with the reason why it is lawful. */
export function habitsText(items: readonly ListedHabit[]): string {
  return asText([
    ...items.flatMap(({ name, title, lawful }) => [
      name,
      ...paragraph(`a peer that ${title}`),
      ...paragraph(`lawful: ${lawful}`),
    ]),
    '',
    counted(items.length, 'habit'),
  ])
}

interface ListedInterop {
  readonly name: string
  readonly purpose: string
  readonly paths: readonly string[]
  readonly variations: readonly string[]
}

/** Lists interoperability cases with purpose, paths and variations. */
export function interopText(items: readonly ListedInterop[]): string {
  return asText([
    ...items.flatMap(({ name, purpose, paths, variations }) => [
      name,
      ...paragraph(purpose),
      ...paragraph(`on ${paths.join(', ')}`),
      ...(variations.length === 0 ? [] : paragraph(variations.join(' '))),
    ]),
    '',
    counted(items.length, 'case'),
  ])
}

/**
 * Formats a table of implementations.
 * @param defaults names of the implementations that a run plays if none is named.
 */
export function implementationsText(
  items: readonly ListedImplementation[],
  defaults: readonly string[],
): string {
  return asText(
    columns(
      items.map(({ name, kind, title }) => [
        name,
        kind,
        `${title}${defaults.includes(name) ? ' (default)' : ''}`,
      ]),
    ),
  )
}

function paragraph(text: string): readonly string[] {
  return filled(text, 4, 100)
}

function asText(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`
}
