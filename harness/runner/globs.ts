import picomatch from 'picomatch'
import { UsageError } from '../errors/errors.ts'
import { beforeRole } from '../scenario/scenario.ts'

/** Returns a test for the ids that a glob names; `*` does not match a slash. */
export function nameMatcher(glob: string): (id: string) => boolean {
  requireShort(glob)
  const matches = picomatch(glob, { nonegate: true })
  return (id) => id === glob || matches(id)
}

/** The most characters of a glob: no id is a hundredth as long. */
const LONGEST_GLOB = 10_000

/** @throws UsageError when a glob is longer than any that can be meant. */
export function requireShort(glob: string): void {
  if (glob.length <= LONGEST_GLOB) return
  throw new UsageError(
    `a glob has ${glob.length} characters; the longest that is read has ${LONGEST_GLOB}`,
    "Name cases with several shorter globs, for example -s 'echo/*' -s 'start/*'",
  )
}

/**
 * Returns a test for the case ids that a glob names. Without `@` it matches the case id before its
 * role, or the scenario id, and so names both roles: `echo/*`, `echo/reply#identifier=0`. With `@`
 * it matches the whole case id, or the scenario's name: `echo/reply#*@recipient`,
 * `tunnel/gap@originator`.
 */
export function caseMatcher(glob: string): (caseId: string) => boolean {
  const isNamed = nameMatcher(glob)
  const named = hasRole(glob) ? (id: string) => id : beforeRole
  return (caseId) => isNamed(named(caseId)) || isNamed(named(scenarioOf(caseId)))
}

/** Whether a glob names a role. In `@(echo|start)/*` the `@` begins a pattern. */
function hasRole(glob: string): boolean {
  return /@(?!\()/.test(glob)
}

/**
 * A case id without its variation: `echo/reply@recipient` of `echo/reply#identifier=0@recipient`.
 */
function scenarioOf(caseId: string): string {
  const before = beforeRole(caseId)
  return `${before.split('#', 1)[0] ?? before}${caseId.slice(before.length)}`
}

/**
 * Returns the scenario names of these cases, to find names that resemble a glob: with the role if
 * the glob has one.
 */
export function namesLike(glob: string, caseIds: readonly string[]): readonly string[] {
  const names = caseIds.map(scenarioOf)
  return [...new Set(hasRole(glob) ? names : names.map(beforeRole))]
}
