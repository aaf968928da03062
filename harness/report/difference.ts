import { gravest, type Verdict } from '../scenario/verdict.ts'
import type { ScenarioFinished } from './tally.ts'

/** How one scenario, or one requirement, came out on two sides; undefined where a side says nothing. */
export interface Difference {
  readonly id: string
  readonly left: Verdict | undefined
  readonly right: Verdict | undefined
  /** What was seen on the sides, where a finding says it. */
  readonly leftSeen?: string
  readonly rightSeen?: string
}

export interface Comparison {
  /** Cases whose verdict or deviating requirements differ. */
  readonly scenarios: readonly Difference[]
  /** Requirements whose gravest finding differs. */
  readonly requirements: readonly Difference[]
  /** Cases that only one side played. */
  readonly only: { readonly left: readonly string[]; readonly right: readonly string[] }
  /** Cases that both sides played. */
  readonly common: number
}

/** Compares what two runs, or two implementations of one run, came to. */
export function compareResults(
  left: readonly ScenarioFinished[],
  right: readonly ScenarioFinished[],
): Comparison {
  const ofLeft = byScenario(left)
  const ofRight = byScenario(right)
  const common = [...ofLeft.keys()].filter((id) => ofRight.has(id))
  const scenarios = common.flatMap((id): readonly Difference[] => {
    const a = ofLeft.get(id)
    const b = ofRight.get(id)
    if (a === undefined || b === undefined || signature(a) === signature(b)) return []
    return [difference(id, a.result.verdict, b.result.verdict, seenIn(a), seenIn(b))]
  })
  const requirementsLeft = byRequirement(left)
  const requirementsRight = byRequirement(right)
  const requirements = [...new Set([...requirementsLeft.keys(), ...requirementsRight.keys()])]
    .sort()
    .flatMap((id): readonly Difference[] => {
      const a = requirementsLeft.get(id)
      const b = requirementsRight.get(id)
      return a?.verdict === b?.verdict ? [] : [difference(id, a?.verdict, b?.verdict, a?.seen, b?.seen)]
    })
  return {
    scenarios,
    requirements,
    only: {
      left: [...ofLeft.keys()].filter((id) => !ofRight.has(id)),
      right: [...ofRight.keys()].filter((id) => !ofLeft.has(id)),
    },
    common: common.length,
  }
}

function difference(
  id: string,
  left: Verdict | undefined,
  right: Verdict | undefined,
  leftSeen: string | undefined,
  rightSeen: string | undefined,
): Difference {
  return {
    id,
    left,
    right,
    ...(leftSeen === undefined ? {} : { leftSeen }),
    ...(rightSeen === undefined ? {} : { rightSeen }),
  }
}

function byScenario(events: readonly ScenarioFinished[]): ReadonlyMap<string, ScenarioFinished> {
  return new Map(events.map((event) => [event.result.scenario, event]))
}

/** Verdict and deviating requirements: times, identifiers and wordings differ from run to run and mean nothing. */
function signature({ result }: ScenarioFinished): string {
  const broken = result.findings.filter((finding) => finding.verdict !== 'pass')
  const named = broken.map((finding) => `${finding.verdict} ${finding.requirement}`)
  return [result.verdict, ...[...new Set(named)].sort()].join('\n')
}

function seenIn({ result }: ScenarioFinished): string | undefined {
  return result.findings.find((finding) => finding.verdict !== 'pass')?.seen ?? result.reason
}

function byRequirement(
  events: readonly ScenarioFinished[],
): ReadonlyMap<string, { readonly verdict: Verdict; readonly seen: string }> {
  const found = new Map<string, { readonly verdict: Verdict; readonly seen: string }>()
  for (const { result } of events)
    for (const { requirement, verdict, seen } of result.findings) {
      const before = found.get(requirement)
      if (before === undefined || gravest([before.verdict, verdict]) !== before.verdict)
        found.set(requirement, { verdict, seen })
    }
  return found
}
