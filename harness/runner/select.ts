import { UsageError } from '../errors/errors.ts'
import { nearestNames } from '../errors/nearest.ts'
import type { Role } from '../scenario/requirement.ts'
import { casesOf, type Scenario, type ScenarioCase } from '../scenario/scenario.ts'
import { caseMatcher, namesLike } from './globs.ts'

/** A selection of cases; each given part must match. */
export interface Selection {
  /**
   * Globs as `caseMatcher` takes them: `echo/*`, `echo/reply#identifier=0`, `tunnel/*@originator`.
   */
  readonly scenarios?: readonly string[]
  readonly requirements?: readonly string[]
  /** Roles of the implementation under test; both unless given. */
  readonly roles?: readonly Role[]
  /** Tags of scenarios, or `!tag` for scenarios without it: `long`, `!timed`. */
  readonly tags?: readonly string[]
  /** Every n-th case, counted from 1: `{ index: 1, of: 4 }`. */
  readonly shard?: { readonly index: number; readonly of: number }
}

/**
 * Returns the cases that a selection names, in the order of the suites.
 * @throws UsageError when a name or glob matches nothing, or nothing is left: an empty run must not
 * look like a good one.
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

/** @throws UsageError for a tag that no scenario has. */
function readTags(given: readonly string[], known: readonly string[]) {
  for (const tag of given)
    if (!known.includes(tag.replace(/^!/, '')))
      throw new UsageError(
        `no scenario has the tag "${tag.replace(/^!/, '')}"`,
        `The tags are ${known.join(', ')}`,
      )
  return {
    wanted: given.filter((tag) => !tag.startsWith('!')),
    unwanted: given.filter((tag) => tag.startsWith('!')).map((tag) => tag.slice(1)),
  }
}

/** A usage error for an unknown name, with the nearest known names. */
export function unknown(kind: string, name: string, known: readonly string[], list: string): UsageError {
  const nearest = nearestNames(name, known)
  const hint = nearest.length === 0 ? '' : `did you mean ${nearest.join(' or ')}? `
  return new UsageError(`no ${kind} matches "${name}"`, `${hint}pptpspec list ${list} shows all`)
}
