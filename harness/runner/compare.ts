import type { Finding, ScenarioResult } from '../scenario/verdict.ts'
import type { Claim, Expectations } from './baseline.ts'
import type { Broken, Comparison, WatchedSum } from './events.ts'

/**
 * Compares one result with the baseline.
 * @param expectations undefined when there is no baseline.
 */
export function compareResult(result: ScenarioResult, expectations: Expectations | undefined): Comparison {
  const { verdict, scenario, findings } = result
  if (verdict === 'skip') return AS_EXPECTED
  const claims = expectations?.ofCase(scenario) ?? []
  if (expectations === undefined) return verdict === 'pass' ? AS_EXPECTED : { kind: 'no-baseline' }
  if (verdict === 'error') return unexpected([], claims, [verdict], verdict)
  if (verdict === 'inconclusive') {
    const known = claims.filter((claim) => claim.verdict === 'inconclusive')
    const rest = claims.filter((claim) => !known.includes(claim))
    const causes = known.map(({ cause }) => ({ cause, requirements: [] }))
    return known.length > 0 && rest.length === 0
      ? { kind: 'as-expected', causes }
      : { ...unexpected([], claims, known.length > 0 ? [] : [verdict], verdict), causes }
  }
  return compareBroken(brokenIn(findings), claims)
}

/**
 * Compares the sum of one monitor and requirement with the baseline. A claimed violation that does
 * not show is stale, not unexpected.
 */
export function compareSum(
  { monitor, requirement, verdict }: Pick<WatchedSum, 'monitor' | 'requirement' | 'verdict'>,
  expectations: Expectations | undefined,
): Comparison {
  if (verdict === 'pass') return AS_EXPECTED
  if (expectations === undefined) return { kind: 'no-baseline' }
  const claims = expectations.ofMonitor(monitor).filter(({ matches }) => matches(requirement))
  return compareBroken(new Map([[requirement, verdict]]), claims)
}

const AS_EXPECTED: Comparison = { kind: 'as-expected', causes: [] }

/** Returns the requirements that findings show to be broken, each with its gravest verdict. */
export function brokenIn(findings: readonly Finding[]): ReadonlyMap<string, Broken> {
  const broken = new Map<string, Broken>()
  for (const { requirement, verdict } of findings)
    if (verdict !== 'pass' && broken.get(requirement) !== 'fail') broken.set(requirement, verdict)
  return broken
}

function compareBroken(broken: ReadonlyMap<string, Broken>, claims: readonly Claim[]): Comparison {
  const causes = new Map<string, string[]>()
  const fresh: string[] = []
  const met = new Set<Claim>()
  for (const [requirement, verdict] of broken) {
    const claim = claims.find((one) => one.verdict === verdict && one.matches(requirement))
    if (claim === undefined) fresh.push(requirement)
    else {
      met.add(claim)
      causes.set(claim.cause, [...(causes.get(claim.cause) ?? []), requirement])
    }
  }
  const shown = [...causes].map(([cause, requirements]) => ({ cause, requirements }))
  const missed = claims.filter((claim) => !met.has(claim))
  if (fresh.length + missed.length === 0) return { kind: 'as-expected', causes: shown }
  return { ...unexpected(shown, claims, fresh, seenIn(broken), missed) }
}

function unexpected(
  causes: readonly { readonly cause: string; readonly requirements: readonly string[] }[],
  claims: readonly Claim[],
  fresh: readonly string[],
  seen: string,
  missed: readonly Claim[] = claims,
): Comparison & { readonly kind: 'unexpected' } {
  const gone = new Map<string, string[]>()
  for (const { cause, what } of missed) gone.set(cause, [...(gone.get(cause) ?? []), what])
  return {
    kind: 'unexpected',
    causes,
    fresh,
    gone: [...gone].map(([cause, what]) => ({ cause, what })),
    expected: claims.length === 0 ? 'pass' : inWords(claims.map(({ verdict, what }) => [what, verdict])),
    seen,
  }
}

function seenIn(broken: ReadonlyMap<string, Broken>): string {
  return broken.size === 0 ? 'pass' : inWords([...broken])
}

/** Lists verdicts: `fail of 2.6/identifier, warn of 2.7/speed-range`. */
function inWords(broken: readonly (readonly [what: string, verdict: string])[]): string {
  return [...broken]
    .map(([what, verdict]) => (verdict === 'inconclusive' ? verdict : `${verdict} of ${what}`))
    .sort()
    .join(', ')
}
