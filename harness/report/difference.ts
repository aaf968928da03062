import { brokenIn } from '../runner/compare.ts'
import type { Verdict } from '../scenario/verdict.ts'
import { type CauseRow, causesIn } from './causes.ts'
import type { ImplementationTally, ScenarioFinished } from './tally.ts'

/** The results of one case on two sides. */
export interface CaseDifference {
  readonly id: string
  readonly left: Verdict
  readonly right: Verdict
  /** The first seen text, or the reason, on each side. */
  readonly leftSeen?: string | undefined
  readonly rightSeen?: string | undefined
}

/** One cause on two sides. */
export interface CauseDifference {
  /** The cause's id; for a group without a cause, the requirement that names it. */
  readonly id: string
  readonly title: string
  /** `gone`: on the left only; `new`: on the right only. */
  readonly kind: 'gone' | 'new' | 'changed'
  readonly verdict: Verdict
  /** The changes, one text each. */
  readonly changes: readonly string[]
  /** A case to open. */
  readonly case?: string | undefined
}

/** The differences between two runs, or two implementations of one run. */
export interface Difference {
  readonly causes: readonly CauseDifference[]
  /** Cases, monitors and causes that differ between the rounds of one side. */
  readonly unstable: { readonly left: readonly string[]; readonly right: readonly string[] }
  /** Cases whose verdict or deviating requirements differ. */
  readonly cases: readonly CaseDifference[]
  /**
   * Monitors that find a requirement kept on one side and broken on the other: `monitor
   * requirement`.
   */
  readonly watched: readonly CaseDifference[]
  /** Cases that only one side played. */
  readonly only: { readonly left: readonly string[]; readonly right: readonly string[] }
  /** The number of cases that both sides played. */
  readonly common: number
}

/** Compares the outcomes of two runs, or of two implementations of one run: causes first. */
export function compareImplementations(left: ImplementationTally, right: ImplementationTally): Difference {
  const [ofLeft, ofRight] = [byCase(left.results), byCase(right.results)]
  // If one side has no baseline, the findings of both are compared without causes.
  const isNamed = left.started?.causes !== undefined && right.started?.causes !== undefined
  const common = new Set([...ofLeft.keys()].filter((id) => ofRight.has(id)))
  return {
    causes: isNamed
      ? causeDifferences(left, right, common)
      : causeDifferences(asFound(left), asFound(right), common),
    unstable: { left: unstableNames(left), right: unstableNames(right) },
    cases: [...common].flatMap((id): readonly CaseDifference[] => {
      const [a, b] = [ofLeft.get(id), ofRight.get(id)]
      if (a === undefined || b === undefined || signature(a) === signature(b)) return []
      return [
        { id, left: a.result.verdict, right: b.result.verdict, leftSeen: seenIn(a), rightSeen: seenIn(b) },
      ]
    }),
    watched: watchedDifferences(left, right),
    only: {
      left: [...ofLeft.keys()].filter((id) => !ofRight.has(id)),
      right: [...ofRight.keys()].filter((id) => !ofLeft.has(id)),
    },
    common: common.size,
  }
}

/** Returns the tally of an implementation as if it had no baseline. */
function asFound(implementation: ImplementationTally): ImplementationTally {
  const { started, results, watched } = implementation
  const comparisonOf = (verdict: Verdict) =>
    verdict === 'pass' || verdict === 'skip'
      ? ({ kind: 'as-expected', causes: [] } as const)
      : ({ kind: 'no-baseline' } as const)
  return {
    ...implementation,
    started: started && { ...started, causes: undefined },
    results: results.map((event) => ({ ...event, comparison: comparisonOf(event.result.verdict) })),
    watched: watched.map((sum) => ({ ...sum, comparison: comparisonOf(sum.verdict) })),
    stale: [],
  }
}

/** Whether two sides have no difference. */
export function isSame({ causes, unstable, cases, watched, only }: Difference): boolean {
  return [causes, unstable.left, unstable.right, cases, watched, only.left, only.right].every(
    ({ length }) => length === 0,
  )
}

function causeDifferences(
  left: ImplementationTally,
  right: ImplementationTally,
  common: ReadonlySet<string>,
): readonly CauseDifference[] {
  const [ofLeft, ofRight] = [byName(left), byName(right)]
  const names = [...new Set([...ofLeft.keys(), ...ofRight.keys()])]
  const differences = names.flatMap((id): readonly CauseDifference[] => {
    const [a, b] = [ofLeft.get(id), ofRight.get(id)]
    const row = b ?? a
    if (row === undefined) return []
    const told = { id, title: row.title, verdict: row.verdict, case: row.example?.case }
    if (a === undefined) return [{ ...told, kind: 'new', changes: [] }]
    if (b === undefined) return [{ ...told, kind: 'gone', changes: [] }]
    const changes = changesBetween(a, b, common)
    return changes.length === 0 ? [] : [{ ...told, kind: 'changed', changes }]
  })
  const order = ['gone', 'new', 'changed']
  return differences.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))
}

/** Returns the causes that show, by name; those that do not show are left out. */
function byName(implementation: ImplementationTally): ReadonlyMap<string, CauseRow> {
  const rows = causesIn(implementation).filter(({ state }) => state !== 'gone')
  return new Map(rows.map((row) => [row.id ?? row.requirements[0] ?? `${row.verdict}: ${row.seen[0]}`, row]))
}

function changesBetween(a: CauseRow, b: CauseRow, common: ReadonlySet<string>): readonly string[] {
  const changes: string[] = []
  if (a.verdict !== b.verdict) changes.push(`${a.verdict} became ${b.verdict}`)
  const more = b.cases.filter((id) => common.has(id) && !a.cases.includes(id))
  const less = a.cases.filter((id) => common.has(id) && !b.cases.includes(id))
  if (more.length > 0) changes.push(`now in ${some(more)}`)
  if (less.length > 0) changes.push(`no longer in ${some(less)}`)
  const added = b.requirements.filter((id) => !a.requirements.includes(id))
  const removed = a.requirements.filter((id) => !b.requirements.includes(id))
  if (added.length > 0) changes.push(`now breaks ${added.join(', ')}`)
  if (removed.length > 0) changes.push(`no longer breaks ${removed.join(', ')}`)
  // The sides have no seen text in common: the wrong value is another one.
  if (a.seen.length > 0 && b.seen.length > 0 && !a.seen.some((seen) => b.seen.includes(seen)))
    changes.push(`seen ${a.seen[0]}, then ${b.seen[0]}`)
  return changes
}

function some(ids: readonly string[]): string {
  return ids.length === 1 ? String(ids[0]) : `${ids.length} cases, such as ${ids[0]}`
}

function unstableNames({ unstable }: ImplementationTally): readonly string[] {
  if (unstable === undefined) return []
  return [
    ...unstable.cases.map((id) => `case ${id}`),
    ...unstable.monitors.map((id) => `monitor ${id}`),
    ...unstable.causes.map((id) => `cause ${id}`),
  ]
}

function watchedDifferences(
  left: ImplementationTally,
  right: ImplementationTally,
): readonly CaseDifference[] {
  const sums = ({ watched }: ImplementationTally) =>
    new Map(watched.map((sum) => [`${sum.monitor} ${sum.requirement}`, sum]))
  const [ofLeft, ofRight] = [sums(left), sums(right)]
  return [...ofLeft].flatMap(([id, a]) => {
    const b = ofRight.get(id)
    if (b === undefined || a.verdict === b.verdict) return []
    return [
      {
        id,
        left: a.verdict,
        right: b.verdict,
        leftSeen: a.first?.finding.seen,
        rightSeen: b.first?.finding.seen,
      },
    ]
  })
}

/** Returns results by case; those of the first round, if there are several. */
function byCase(events: readonly ScenarioFinished[]): ReadonlyMap<string, ScenarioFinished> {
  const found = new Map<string, ScenarioFinished>()
  for (const event of events) if (!found.has(event.result.scenario)) found.set(event.result.scenario, event)
  return found
}

/**
 * Returns what is compared of a result: its verdict and the requirements it breaks. Times,
 * identifiers and wordings are left out, because they differ from run to run.
 */
function signature({ result }: ScenarioFinished): string {
  return [result.verdict, ...[...brokenIn(result.findings)].map((one) => one.join(' ')).sort()].join('\n')
}

function seenIn({ result }: ScenarioFinished): string | undefined {
  return result.findings.find((finding) => finding.verdict !== 'pass')?.seen ?? result.reason
}
