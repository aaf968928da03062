import { printable } from '../protocol/octets.ts'
import type { ImplementationTally, ScenarioFinished } from './tally.ts'
import { comparisonInWords } from './words.ts'

/** Returns the lines above the ladder of a case: its verdict, purpose, reason and findings. */
export function caseHeading(
  { implementation, result, comparison, watched = [] }: ScenarioFinished,
  titles: ImplementationTally['titles'],
): readonly string[] {
  return [
    `${printable(implementation)} ${printable(result.scenario, 300)}: ${result.verdict}`,
    result.purpose,
    ...(result.reason === undefined ? [] : [`reason: ${printable(result.reason, 500)}`]),
    `baseline: ${printable(comparisonInWords(comparison, titles), 500)}`,
    ...watched.map(
      ({ monitor, requirement, verdict, seen }) =>
        `monitor ${printable(monitor)}: ${verdict} of ${printable(requirement)}: seen ${printable(seen, 300)}`,
    ),
  ]
}
