import type { ScenarioResult, WatchedFinding } from '../scenario/verdict.ts'
import { type Baseline, expectationsOf, listOf } from './baseline.ts'
import type { Comparison, EventOf, WatchedSum } from './events.ts'
import { type Group, groupsOf, type UnexplainedFinding, unexplainedFindings } from './groups.ts'
import { type Recorded, shownCauses, sumName } from './recorded.ts'

/** The reasons why a run is not green: one for each cause, not one for each case. */

/**
 * Returns the stale causes: those that no result of a complete run shows, and those that claim a
 * violation that monitors no longer find.
 * @param all whether all cases were played; otherwise no cause is stale.
 * @param mayBeAbsent whether a cause need not show.
 */
export function staleIn(
  baseline: Baseline | undefined,
  byRound: readonly (readonly Recorded[])[],
  sums: readonly (readonly WatchedSum[])[],
  all: boolean,
  mayBeAbsent: (cause: string) => boolean = () => false,
): EventOf<'implementation-finished'>['stale'] {
  if (baseline === undefined || !all) return []
  const shown = shownCauses(byRound.flat(), sums.flat())
  const expectations = expectationsOf(baseline)
  const played = byRound.flat().filter(({ result }) => result.verdict !== 'skip')
  return baseline.causes.flatMap((cause) => {
    const { id } = cause
    if (mayBeAbsent(id)) return []
    const claimed = played.filter(({ result }) =>
      expectations.ofCase(result.scenario).some((claim) => claim.cause === id),
    )
    // A cause that only names cases is not stale if all of these were skipped.
    if (!shown.has(id) && (claimed.length > 0 || cause.monitors.length > 0))
      return [{ cause: id, detail: 'no result shows this cause any more' }]
    return cause.monitors.flatMap((claim) =>
      [...(claim.fail ?? []), ...(claim.warn ?? [])].flatMap((glob) => {
        const single = expectationsOf({
          ...baseline,
          causes: [{ ...cause, cases: [], monitors: [claim] }],
        })
        const met = sums
          .flat()
          .some((sum) =>
            single
              .ofMonitor(sum.monitor)
              .some(
                (one) => one.what === glob && one.verdict === sum.verdict && one.matches(sum.requirement),
              ),
          )
        return met
          ? []
          : [
              {
                cause: id,
                detail: `the monitor ${listOf(claim.monitor).join(', ')} no longer finds ${glob} broken with the claimed verdict`,
              },
            ]
      }),
    )
  })
}

/** Reasons for cases that ended in an error. */
export function errorsIn(name: string, byRound: readonly (readonly Recorded[])[]): readonly string[] {
  return byRound
    .flat()
    .filter(({ result }) => result.verdict === 'error')
    .map(({ result }) => `${name} ${result.scenario}: error: ${result.reason ?? 'unknown'}`)
}

/** One reason for each group of findings that no cause explains. */
export function freshIn(
  name: string,
  byRound: readonly (readonly Recorded[])[],
  sums: readonly (readonly WatchedSum[])[],
  hasBaseline: boolean,
): readonly string[] {
  const evidence = byRound.flatMap((round, at) => freshEvidence(round, sums[at] ?? []))
  return groupsOf(evidence)
    .filter(({ verdict }) => verdict !== 'error' && (hasBaseline || verdict !== 'warn'))
    .map((group) => `${name}: ${groupInWords(group)}${hasBaseline ? ', which no cause explains' : ''}`)
}

/**
 * Findings of a round that no cause claims: without a baseline, all violations.
 * @param sums what monitors found over all cases, compared with the baseline.
 */
export function freshEvidence(
  recorded: readonly {
    readonly result: ScenarioResult
    readonly comparison: Comparison
    readonly watched?: readonly WatchedFinding[] | undefined
  }[],
  sums: readonly Pick<WatchedSum, 'monitor' | 'requirement' | 'comparison'>[],
): readonly UnexplainedFinding[] {
  const unknown = new Set(
    sums.filter(({ comparison }) => comparison.kind !== 'as-expected').map((sum) => sumName(sum)),
  )
  return recorded.flatMap(({ result, watched = [], comparison }) => [
    ...(comparison.kind === 'as-expected'
      ? []
      : unexplainedFindings(result).filter(
          ({ requirement, verdict }) =>
            comparison.kind === 'no-baseline' || comparison.fresh.includes(requirement ?? verdict),
        )),
    ...watched.flatMap((finding) =>
      finding.verdict === 'pass' || !unknown.has(sumName(finding))
        ? []
        : [
            {
              case: result.scenario,
              requirement: finding.requirement,
              verdict: finding.verdict,
              expected: finding.expected,
              seen: finding.seen,
              entry: finding.entry,
              monitor: finding.monitor,
            },
          ],
    ),
  ])
}

/**
 * Describes a group: `fail of 2.7/bearer-type in 3 cases, such as
 * outgoing-call/bearer-type#bearer=2@recipient`.
 */
function groupInWords({ verdict, requirements, cases, first }: Group): string {
  const what =
    requirements.length === 0 ? `${verdict} (${first.seen})` : `${verdict} of ${requirements.join(', ')}`
  return cases.length === 1
    ? `${what} in ${first.case}`
    : `${what} in ${cases.length} cases, such as ${first.case}`
}

/**
 * Reasons for causes that do not show in a case that they claim. Stale causes are left out: they
 * have a reason already.
 */
export function goneIn(
  name: string,
  byRound: readonly (readonly Recorded[])[],
  stale: EventOf<'implementation-finished'>['stale'],
): readonly string[] {
  const gone = new Map<string, { readonly what: Set<string>; readonly cases: Set<string> }>()
  for (const { result, comparison } of byRound.flat())
    if (comparison.kind === 'unexpected' && result.verdict !== 'error')
      for (const { cause, what } of comparison.gone) {
        const known = gone.get(cause) ?? { what: new Set(), cases: new Set() }
        gone.set(cause, known)
        known.cases.add(result.scenario)
        for (const one of what) known.what.add(one)
      }
  return [...gone]
    .filter(([cause]) => !stale.some((one) => one.cause === cause))
    .map(([cause, { what, cases }]) => {
      const [first = ''] = cases
      const where = cases.size === 1 ? first : `${cases.size} cases, such as ${first}`
      return `${name} cause ${cause}: ${[...what].join(', ')} expected and not seen in ${where}`
    })
}
