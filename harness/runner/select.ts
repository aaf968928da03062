import picomatch from 'picomatch'
import { UsageError } from '../errors/errors.ts'
import { nearestNames } from '../errors/nearest.ts'
import type { Role } from '../scenario/requirement.ts'
import { beforeRole, casesOf, type Scenario, type ScenarioCase } from '../scenario/scenario.ts'

/** What to play; everything that is given has to match. */
export interface Selection {
  /** Globs as `caseMatcher` takes them: `echo/*`, `echo/reply#identifier=0`, `tunnel/*@originator`. */
  readonly scenarios?: readonly string[]
  readonly requirements?: readonly string[]
  /** Roles of the implementation under test; either unless given. */
  readonly roles?: readonly Role[]
  /** Tags of scenarios, or `!tag` for those without it: `long`, `!timed`. */
  readonly tags?: readonly string[]
  /** Every n-th case, counted from 1: `{ index: 1, of: 4 }`. */
  readonly shard?: { readonly index: number; readonly of: number }
}

/**
 * The cases that a selection names, in their order.
 * @throws UsageError when a name or glob matches nothing: an empty run must not look like a good one.
 */
export function selectCases(scenarios: readonly Scenario[], selection: Selection): readonly ScenarioCase[] {
  const all = scenarios.flatMap(casesOf)
  const globs = (selection.scenarios ?? []).map((glob) => {
    const matches = caseMatcher(glob)
    if (!all.some(({ id }) => matches(id)))
      throw unknown(
        'scenario',
        glob,
        namesLike(
          glob,
          all.map(({ id }) => id),
        ),
        'scenarios',
      )
    return matches
  })
  for (const requirement of selection.requirements ?? [])
    if (!all.some((one) => one.scenario.decides.includes(requirement)))
      throw unknown(
        'requirement',
        requirement,
        [...new Set(scenarios.flatMap((one) => one.decides))],
        'requirements',
      )
  const tags = readTags(selection.tags ?? [], [...new Set(scenarios.flatMap((one) => one.tags))])
  const chosen = all
    .filter(({ id }) => globs.length === 0 || globs.some((matches) => matches(id)))
    .filter(
      (one) =>
        !selection.requirements?.length ||
        selection.requirements.some((r) => one.scenario.decides.includes(r)),
    )
    .filter(({ scenario }) => !selection.roles?.length || selection.roles.includes(scenario.iut))
    .filter(
      ({ scenario }) => tags.wanted.length === 0 || tags.wanted.some((tag) => scenario.tags.includes(tag)),
    )
    .filter(({ scenario }) => !tags.unwanted.some((tag) => scenario.tags.includes(tag)))
  const { shard } = selection
  const mine = shard === undefined ? chosen : chosen.filter((_, at) => at % shard.of === shard.index - 1)
  if (mine.length === 0)
    throw new UsageError(
      'the selection leaves nothing to play',
      'drop one of --scenario, --requirement, --role, --tag or --shard',
    )
  return mine
}

/** @throws UsageError for a tag that nothing has. */
function readTags(given: readonly string[], known: readonly string[]) {
  for (const tag of given)
    if (!known.includes(tag.replace(/^!/, '')))
      throw new UsageError(
        `no scenario has the tag "${tag.replace(/^!/, '')}"`,
        `There are ${known.join(', ')}`,
      )
  return {
    wanted: given.filter((tag) => !tag.startsWith('!')),
    unwanted: given.filter((tag) => tag.startsWith('!')).map((tag) => tag.slice(1)),
  }
}

/**
 * Tells which case ids a glob names. Without `@` it matches the case id before its role, or the scenario id, and so
 * names both roles: `echo/*`, `echo/reply#identifier=0`. With `@` it matches the whole case id, or the scenario's
 * name: `echo/reply#*@recipient`, `tunnel/gap@originator`.
 */
export function caseMatcher(glob: string): (caseId: string) => boolean {
  const matches = picomatch(glob, { nonegate: true })
  const isNamed = (id: string) => id === glob || matches(id)
  const named = hasRole(glob) ? (id: string) => id : beforeRole
  return (caseId) => isNamed(named(caseId)) || isNamed(named(scenarioOf(caseId)))
}

/** Whether a glob says something about the role. In `@(echo|start)/*` the `@` begins a pattern. */
function hasRole(glob: string): boolean {
  return /@(?!\()/.test(glob)
}

/** A case id without its variation: `echo/reply@recipient` of `echo/reply#identifier=0@recipient`. */
function scenarioOf(caseId: string): string {
  const before = beforeRole(caseId)
  return `${before.split('#', 1)[0] ?? before}${caseId.slice(before.length)}`
}

/** The names of these cases' scenarios that a glob could mean: with the role where the glob has one. */
export function namesLike(glob: string, caseIds: readonly string[]): readonly string[] {
  const names = caseIds.map(scenarioOf)
  return [...new Set(hasRole(glob) ? names : names.map(beforeRole))]
}

/** A usage error for a name that nothing has, with the nearest names that exist. */
export function unknown(kind: string, name: string, known: readonly string[], list: string): UsageError {
  const nearest = nearestNames(name, known)
  const hint = nearest.length === 0 ? '' : `did you mean ${nearest.join(' or ')}? `
  return new UsageError(`no ${kind} matches "${name}"`, `${hint}pptpspec list ${list} shows all`)
}
