import type { PageFinding } from '../harness/report/page/data.ts'

/** One observation, and the findings that it leads to: often several requirements say the same. */
export interface Observation {
  readonly verdict: PageFinding['verdict']
  readonly expected: string
  readonly seen: string
  readonly entry: number | undefined
  readonly monitor: string | undefined
  readonly requirements: readonly string[]
  readonly readings: readonly string[]
}

/** Joins findings that say the same of the same packet, in the order of the first of each. */
export function observationsIn(findings: readonly PageFinding[]): readonly Observation[] {
  const groups = new Map<string, PageFinding[]>()
  for (const finding of findings) {
    const { verdict, expected, seen, entry, monitor } = finding
    const name = JSON.stringify([verdict, expected, seen, entry, monitor])
    groups.set(name, [...(groups.get(name) ?? []), finding])
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    const { verdict, expected, seen, entry, monitor } = first
    return [
      {
        ...{ verdict, expected, seen, entry, monitor },
        requirements: [...new Set(group.map(({ requirement }) => requirement))],
        readings: [...new Set(group.flatMap(({ readings }) => readings))],
      },
    ]
  })
}
