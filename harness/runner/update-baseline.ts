import { isDeepStrictEqual } from 'node:util'
import { printable } from '../protocol/octets.ts'
import { beforeRole, casesInRoles } from '../scenario/scenario.ts'
import {
  type Baseline,
  type BaselineCause,
  type CaseClaim,
  type Claim,
  type Expectations,
  expectationsOf,
  LONGEST_TITLE,
  listOf,
  type MonitorClaim,
  UNEXPLAINED,
  UNNAMED,
  type Vocabulary,
} from './baseline.ts'
import { brokenIn, compareResult, compareSum } from './compare.ts'
import type { Broken } from './events.ts'
import { caseMatcher, nameMatcher } from './globs.ts'
import { type Group, groupsOf, type UnexplainedFinding, unexplainedFindings } from './groups.ts'
import type { JobOutcome } from './ledger.ts'
import type { PlayedResult } from './recorded.ts'

/** The results of an implementation from which a baseline may be made. */
export type RunResults = Pick<JobOutcome, 'results' | 'sums' | 'whole' | 'roles'>

/**
 * Updates a baseline to match the results. Causes that still match stay as they are. A claim that
 * no longer shows is removed, and so is a cause without claims. Findings that no cause claims are
 * grouped into new causes for a person to name. Claims about cases that were skipped or not played
 * stay, except for roles that the implementation does not take.
 */
export function updatedBaseline(
  implementation: string,
  old: Baseline | undefined,
  seen: RunResults,
  { cases, monitors }: Vocabulary,
): Baseline {
  const known = casesInRoles(cases, seen.roles)
  const played = new Map(
    seen.results.filter(({ result }) => result.verdict !== 'skip').map((one) => [one.result.scenario, one]),
  )
  const kept = (old?.causes ?? []).flatMap((cause) => {
    const narrowed = narrow(cause, { played, known, monitors, seen })
    return narrowed.cases.length + narrowed.monitors.length === 0 ? [] : [narrowed]
  })
  const base: Baseline = { format: 2, implementation, causes: kept }
  const groups = groupsOf(unclaimed(expectationsOf(base), seen))
  const fresh: BaselineCause[] = []
  const taken = new Set(kept.map(({ id }) => id))
  for (const group of groups) fresh.push(newCause(group, taken, known))
  return { ...base, causes: [...kept, ...fresh] }
}

interface RunEvidence {
  readonly played: ReadonlyMap<string, PlayedResult>
  readonly known: readonly string[]
  readonly monitors: Vocabulary['monitors']
  readonly seen: RunResults
}

/** A cause without the claims that the results contradict. */
function narrow(cause: BaselineCause, around: RunEvidence): BaselineCause {
  const { played, known } = around
  const cases = cause.cases.flatMap((entry): readonly CaseClaim[] => {
    const covered = known.filter((id) => listOf(entry.case).some((glob) => caseMatcher(glob)(id)))
    if (covered.length === 0) return []
    const narrowed = covered.map((id) => {
      const one = played.get(id)
      return { id, claim: one === undefined ? entry : fitting(entry, one) }
    })
    if (narrowed.every(({ claim }) => claim !== undefined && sameClaims(claim, entry))) return [entry]
    return regrouped(
      narrowed.flatMap(({ id, claim }) => {
        if (claim === undefined) return []
        const { case: _, ...rest } = claim
        return [{ id, claim: rest }]
      }),
      known,
    )
  })
  const monitors = cause.monitors.flatMap((entry) => narrowMonitors(entry, around))
  const narrowed = { ...cause, cases, monitors }
  return isDeepStrictEqual(narrowed, cause) ? cause : narrowed
}

/** The part of an entry that a result confirms; undefined when it confirms nothing. */
function fitting(entry: CaseClaim, { result }: PlayedResult): CaseClaim | undefined {
  if (result.verdict === 'inconclusive' || result.verdict === 'error')
    return entry.inconclusive === true && result.verdict === 'inconclusive'
      ? { case: entry.case, inconclusive: true }
      : undefined
  const broken = [...brokenIn(result.findings)]
  const claims = claimsOf(entry, (verdict, glob) => {
    const named = broken.filter(([requirement]) => nameMatcher(glob)(requirement))
    const borneOut = named.filter(([, of]) => of === verdict)
    return borneOut.length > 0 && borneOut.length === named.length
      ? [glob]
      : borneOut.map(([requirement]) => requirement)
  })
  return claims === undefined ? undefined : { case: entry.case, ...claims }
}

/**
 * The part of an entry that the sums confirm. A missing violation refutes a claim in complete runs
 * only.
 */
function narrowMonitors(entry: MonitorClaim, { monitors, seen }: RunEvidence): readonly MonitorClaim[] {
  const named = monitors.filter(({ id }) => listOf(entry.monitor).some((glob) => nameMatcher(glob)(id)))
  const broken = seen.sums.filter(
    ({ monitor, verdict }) => verdict !== 'pass' && named.some(({ id }) => id === monitor),
  )
  const of = (glob: string) => broken.filter(({ requirement }) => nameMatcher(glob)(requirement))
  const isContradicted = (verdict: Broken, globs: readonly string[] = []) =>
    globs.some((glob) => of(glob).some((sum) => sum.verdict !== verdict))
  if (!isContradicted('fail', entry.fail) && !isContradicted('warn', entry.warn)) {
    const claims = claimsOf(entry, (_, glob) => (!seen.whole || of(glob).length > 0 ? [glob] : []))
    return claims === undefined ? [] : [{ monitor: entry.monitor, ...claims }]
  }
  // A result contradicts one of the monitors or requirements that a glob names: check each by
  // itself.
  return named.flatMap(({ id, decides }) => {
    const claims = claimsOf(entry, (verdict, glob) =>
      decides.filter(nameMatcher(glob)).filter((requirement) => {
        const sum = broken.find((one) => one.monitor === id && one.requirement === requirement)
        return sum === undefined ? !seen.whole : sum.verdict === verdict
      }),
    )
    return claims === undefined ? [] : [{ monitor: id, ...claims }]
  })
}

/**
 * Replaces each glob of an entry's claims by the result of `left`; undefined when no claim is left.
 */
function claimsOf(
  { fail = [], warn = [] }: Pick<CaseClaim, 'fail' | 'warn'>,
  left: (verdict: Broken, glob: string) => readonly string[],
): Pick<CaseClaim, 'fail' | 'warn'> | undefined {
  const of = (verdict: Broken, globs: readonly string[]) => {
    const all = [...new Set(globs.flatMap((glob) => left(verdict, glob)))]
    return all.length === 0 ? {} : { [verdict]: all }
  }
  const claims = { ...of('fail', fail), ...of('warn', warn) }
  return Object.keys(claims).length === 0 ? undefined : claims
}

function sameClaims({ case: _, ...one }: CaseClaim, { case: __, ...other }: CaseClaim): boolean {
  return isDeepStrictEqual(one, other)
}

/** Joins the claims of all cases that claim the same into one entry. */
export function regrouped(
  claims: readonly { readonly id: string; readonly claim: Omit<CaseClaim, 'case'> }[],
  known: readonly string[],
): CaseClaim[] {
  const alike = new Map<string, { readonly claim: Omit<CaseClaim, 'case'>; readonly ids: string[] }>()
  for (const { id, claim } of claims) {
    const key = JSON.stringify(claim)
    const found = alike.get(key)
    if (found === undefined) alike.set(key, { claim, ids: [id] })
    else found.ids.push(id)
  }
  return [...alike.values()].map(({ claim, ids }) => ({ case: globsFor(ids, known), ...claim }))
}

/**
 * Returns the shortest globs that name exactly these cases: `tunnel/wrap#*` for all variations of a
 * scenario.
 */
export function globsFor(ids: readonly string[], known: readonly string[]): string | string[] {
  const wanted = new Set(ids)
  const covered = new Set<string>()
  const globs: string[] = []
  for (const id of ids) {
    if (covered.has(id)) continue
    const bare = beforeRole(id)
    const role = id.slice(bare.length)
    const scenario = bare.split('#', 1)[0] ?? bare
    const shorter = bare === scenario ? [bare] : [`${scenario}#*`, `${scenario}#*${role}`, bare]
    const glob =
      shorter.find((one) => known.filter(caseMatcher(one)).every((named) => wanted.has(named))) ?? id
    for (const named of known.filter(caseMatcher(glob))) covered.add(named)
    globs.push(glob)
  }
  const [first = '', ...more] = globs
  return more.length === 0 ? first : [first, ...more]
}

/** Findings that no cause of the baseline claims. */
function unclaimed(expectations: Expectations, { results, sums }: RunResults): readonly UnexplainedFinding[] {
  const fresh: UnexplainedFinding[] = []
  for (const { result, watched } of results) {
    const comparison = compareResult(result, expectations)
    const isFresh = (name: string) => comparison.kind === 'unexpected' && comparison.fresh.includes(name)
    // An error says nothing about the implementation.
    if (result.verdict !== 'error')
      fresh.push(
        ...unexplainedFindings(result).filter(({ requirement, verdict }) => isFresh(requirement ?? verdict)),
      )
    for (const { monitor, requirement, verdict, expected, seen, entry } of watched) {
      const sum = sums.find((one) => one.monitor === monitor && one.requirement === requirement)
      if (verdict === 'pass' || sum === undefined) continue
      if (compareSum(sum, expectations).kind !== 'unexpected') continue
      fresh.push({ case: result.scenario, requirement, verdict, expected, seen, entry, monitor })
    }
  }
  return fresh
}

/** A new cause for a person to name. */
function newCause(group: Group, taken: Set<string>, known: readonly string[]): BaselineCause {
  const { first, evidence } = group
  const scenario = beforeRole(first.case).replace(/#.*/, '').replaceAll('/', ' ')
  const id = freeId(first.requirement ?? `${first.verdict} ${scenario}`, taken)
  const claims = new Map<string, Map<string, Broken | 'inconclusive'>>()
  const watched = new Map<string, Map<string, Broken>>()
  for (const { case: name, requirement, verdict, monitor } of evidence) {
    if (verdict === 'error') continue
    if (monitor === undefined) put(claims, name, requirement ?? 'inconclusive', verdict)
    else if (requirement !== undefined && verdict !== 'inconclusive')
      put(watched, monitor, requirement, verdict)
  }
  const cases = regrouped(
    [...claims].map(([name, found]) => ({ id: name, claim: claimed(found) })),
    known,
  )
  const what =
    first.requirement === undefined
      ? `${first.verdict}: ${first.seen}`
      : `${first.requirement}: expected ${first.expected}, seen ${first.seen}`
  return {
    id,
    title: printable(`${UNNAMED}: ${what}`, 190).slice(0, LONGEST_TITLE),
    owner: 'unknown',
    effect: `${UNEXPLAINED}: say what users of the implementation notice`,
    reason: `${UNEXPLAINED}: say what in the behaviour or source confirms this; see ${first.case}`,
    cases,
    monitors: [...watched].map(([monitor, found]) => ({ monitor, ...claimed(found) })),
  }
}

function put<V extends string>(
  claims: Map<string, Map<string, V>>,
  name: string,
  requirement: string,
  verdict: V,
): void {
  const found = claims.get(name) ?? new Map<string, V>()
  claims.set(name, found)
  // Keeps the gravest of several findings of one requirement.
  if (found.get(requirement) !== 'fail') found.set(requirement, verdict)
}

function claimed(
  found: ReadonlyMap<string, Broken | 'inconclusive'>,
): Pick<CaseClaim, 'fail' | 'warn'> & { inconclusive?: true } {
  const of = (wanted: Claim['verdict']) =>
    [...found].filter(([, verdict]) => verdict === wanted).map(([requirement]) => requirement)
  const [fail, warn] = [of('fail'), of('warn')]
  return {
    ...(fail.length === 0 ? {} : { fail }),
    ...(warn.length === 0 ? {} : { warn }),
    ...(of('inconclusive').length === 0 ? {} : { inconclusive: true }),
  }
}

/**
 * Returns a cause id that is not taken: for `2.7/bearer-type` bearer-type, or else 2-7-bearer-type.
 */
export function freeId(name: string, taken: Set<string>): string {
  const slug = (text: string) =>
    text
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 50)
      .replace(/-$/, '')
  const candidates = [slug(name.replace(/^[^/]*\//, '')), slug(name)]
  for (let at = 2; ; at++) {
    const free = candidates.find((one) => one !== '' && !taken.has(one))
    if (free !== undefined) {
      taken.add(free)
      return free
    }
    candidates.push(`${slug(name)}-${at}`)
  }
}
