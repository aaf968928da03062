import type { Finding, Verdict } from '../scenario/verdict.ts'

/**
 * Groups the findings that no cause explains, so that one deviation of an implementation is
 * reported once: by requirement, and requirements with the same evidence together.
 */

/** One finding that is not pass, or one case without a verdict about the implementation. */
export interface UnexplainedFinding {
  readonly case: string
  /** Absent where a case is inconclusive or ended in an error: then `seen` is its reason. */
  readonly requirement?: string
  readonly verdict: Exclude<Verdict, 'pass' | 'skip'>
  readonly expected: string
  readonly seen: string
  readonly entry?: number | undefined
  /** Absent where the scenario itself found it. */
  readonly monitor?: string | undefined
}

/** Findings that are reported together. `E` may have more fields than a finding needs. */
export interface Group<E extends UnexplainedFinding = UnexplainedFinding> {
  /** The gravest verdict of the evidence. */
  readonly verdict: UnexplainedFinding['verdict']
  /**
   * The broken requirements; the first one names the group. Empty when the cases are inconclusive
   * or ended in an error.
   */
  readonly requirements: readonly string[]
  /** Further requirements that the same evidence breaks, but in some of the cases only. */
  readonly follows: readonly string[]
  /** Cases in which the group shows, by any finding. */
  readonly cases: readonly string[]
  /** The cases in which the scenario itself found it, not only a monitor. */
  readonly ownCases: readonly string[]
  readonly monitors: readonly string[]
  /** An example: the first of the gravest findings, a scenario's own before a monitor's. */
  readonly first: E
  readonly evidence: readonly E[]
}

/** Replaces the numbers of a text: times, identifiers and counts differ from run to run. */
export function masked(text: string): string {
  return text.replaceAll(/0x[0-9a-f]+|\d+/gi, '#')
}

/**
 * Removes from a seen text the values that differ from run to run: times, and numbers that ends
 * choose freely. Codes, lengths and sizes stay, so that a different wrong value is a different
 * text.
 */
export function essence(text: string): string {
  return text
    .replaceAll(/\b\d+(\.\d+)? ?(ms|s|seconds)\b/g, '# $2')
    .replaceAll(/# (ms|s|seconds) to # \1/g, '# $1')
    .replaceAll(/\b(call ids?|identifier|number|port|serial number)( of| is)? (0x[0-9a-f]+|\d+)/gi, '$1 #')
    .replaceAll(/\b\d+\.\d+\.\d+\.\d+\b/g, '#')
    .replaceAll(/\b[0-9a-f]{8,}\b/gi, '#')
    .replaceAll(/\b\d+ violations in \d+ cases\b/g, '')
}

/** Groups findings, the worst first: by verdict, then by the number of cases. */
export function groupsOf<E extends UnexplainedFinding>(evidence: readonly E[]): readonly Group<E>[] {
  const byName = new Map<string, E[]>()
  for (const one of evidence) {
    const name = one.requirement ?? `${one.verdict} ${masked(one.seen)}`
    const known = byName.get(name)
    if (known === undefined) byName.set(name, [one])
    else known.push(one)
  }
  const parts = [...byName.values()].map(part).sort(worstFirst)
  const primaries: Primary<E>[] = []
  for (const one of parts) {
    const home =
      primaries.find(({ main, rest }) => [main, ...rest].some((other) => restsOn(one, other))) ??
      primaries.find(({ main }) => isAlike(one, main)) ??
      primaries.find((primary) => comesOf(one, primary, parts))
    if (home === undefined) primaries.push({ main: one, rest: [] })
    else home.rest.push(one)
  }
  return primaries.map(({ main, rest }) => groupOf(main, rest)).sort(worstGroupFirst)
}

interface Primary<E extends UnexplainedFinding> {
  readonly main: Part<E>
  readonly rest: Part<E>[]
}

/** All evidence of one requirement. */
interface Part<E extends UnexplainedFinding> {
  readonly requirement: string | undefined
  readonly verdict: UnexplainedFinding['verdict']
  readonly evidence: readonly E[]
  readonly byCase: ReadonlyMap<string, readonly E[]>
}

function part<E extends UnexplainedFinding>(evidence: readonly E[]): Part<E> {
  const byCase = new Map<string, E[]>()
  for (const one of evidence) byCase.set(one.case, [...(byCase.get(one.case) ?? []), one])
  const [gravest] = [...evidence].sort(worst)
  return {
    requirement: evidence[0]?.requirement,
    verdict: gravest?.verdict ?? 'error',
    evidence,
    byCase,
  }
}

/** Whether each case of `one` has a finding that reports the same fact as a finding of `main`. */
function restsOn<E extends UnexplainedFinding>(one: Part<E>, main: Part<E>): boolean {
  if (one.requirement === undefined || main.requirement === undefined) return false
  return [...one.byCase].every(([id, mine]) => {
    const theirs = main.byCase.get(id) ?? []
    return mine.some((a) => theirs.some((b) => isSameFact(a, b)))
  })
}

/**
 * Whether both have the same expected and seen texts, in scenarios of the same topics: for example
 * two fields that the implementation does not read.
 */
function isAlike<E extends UnexplainedFinding>(one: Part<E>, main: Part<E>): boolean {
  if (one.requirement === undefined || main.requirement === undefined || one.verdict !== main.verdict)
    return false
  const told = ({ evidence }: Part<E>) =>
    [
      ...new Set(
        evidence.map(({ case: id, expected, seen }) => `${topicOf(id)} ${masked(expected)} ${masked(seen)}`),
      ),
    ].sort()
  const [mine, theirs] = [told(one), told(main)]
  return mine.length === theirs.length && mine.every((text, at) => text === theirs[at])
}

function topicOf(caseId: string): string {
  return caseId.split('/', 1)[0] ?? caseId
}

/**
 * A failure explains inconclusive cases if at least one in so many of its own cases is
 * inconclusive.
 */
const TELLING = 3

/**
 * Whether the cases of `one` are inconclusive because of the failure `main`: all of them show that
 * failure, and a good part of its cases are inconclusive. A failure that shows everywhere explains
 * nothing.
 */
function comesOf<E extends UnexplainedFinding>(
  one: Part<E>,
  { main }: Primary<E>,
  parts: readonly Part<E>[],
): boolean {
  if (one.verdict !== 'inconclusive' || main.verdict !== 'fail') return false
  if (![...one.byCase.keys()].every((id) => main.byCase.has(id))) return false
  const unclear = new Set(
    parts.filter(({ verdict }) => verdict === 'inconclusive').flatMap(({ byCase }) => [...byCase.keys()]),
  )
  const shared = [...main.byCase.keys()].filter((id) => unclear.has(id))
  return shared.length * TELLING >= main.byCase.size
}

function isSameFact(a: UnexplainedFinding, b: UnexplainedFinding): boolean {
  return (a.entry !== undefined && a.entry === b.entry) || masked(a.seen) === masked(b.seen)
}

function groupOf<E extends UnexplainedFinding>(main: Part<E>, rest: readonly Part<E>[]): Group<E> {
  const alike = rest.filter((one) => !restsOn(one, main) || one.byCase.size === main.byCase.size)
  const evidence = [main, ...rest].flatMap((one) => one.evidence)
  const [first = main.evidence[0]] = [...main.evidence].sort(worst)
  if (first === undefined) throw new RangeError('a group without evidence')
  const names = (parts: readonly Part<E>[]) => parts.flatMap(({ requirement }) => requirement ?? [])
  return {
    verdict: main.verdict,
    requirements: names([main, ...alike]),
    follows: names(rest.filter((one) => !alike.includes(one))),
    cases: [...new Set([main, ...rest].flatMap(({ byCase }) => [...byCase.keys()]))],
    ownCases: [...new Set(evidence.filter((one) => one.monitor === undefined).map((one) => one.case))],
    monitors: [...new Set(evidence.flatMap(({ monitor }) => monitor ?? []))],
    first,
    evidence,
  }
}

/** Verdicts from the gravest on. Failures of the implementation come before undecided cases. */
const WORST: readonly UnexplainedFinding['verdict'][] = ['error', 'fail', 'warn', 'inconclusive']

function worst(a: UnexplainedFinding, b: UnexplainedFinding): number {
  return (
    WORST.indexOf(a.verdict) - WORST.indexOf(b.verdict) ||
    Number(a.monitor !== undefined) - Number(b.monitor !== undefined)
  )
}

function worstGroupFirst(a: Group, b: Group): number {
  return WORST.indexOf(a.verdict) - WORST.indexOf(b.verdict) || b.cases.length - a.cases.length
}

function worstFirst<E extends UnexplainedFinding>(a: Part<E>, b: Part<E>): number {
  return WORST.indexOf(a.verdict) - WORST.indexOf(b.verdict) || b.byCase.size - a.byCase.size
}

/**
 * Returns the findings of a result that are not passes. For a case that is inconclusive or ended in
 * an error, returns that verdict instead.
 */
export function unexplainedFindings({
  scenario,
  verdict,
  reason,
  findings,
}: {
  readonly scenario: string
  readonly verdict: Verdict
  readonly reason?: string | undefined
  readonly findings: readonly Finding[]
}): readonly UnexplainedFinding[] {
  if (verdict === 'inconclusive' || verdict === 'error')
    return [{ case: scenario, verdict, expected: 'a verdict', seen: reason ?? verdict }]
  return findings.flatMap((finding) => {
    const { requirement, expected, seen, entry } = finding
    return finding.verdict === 'pass'
      ? []
      : [{ case: scenario, requirement, verdict: finding.verdict, expected, seen, entry }]
  })
}
