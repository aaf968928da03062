import { printable } from '../protocol/octets.ts'
import type { ImplementationTally, ScenarioFinished } from './tally.ts'
import { comparisonInWords } from './words.ts'

/** The outcome of a case, in the lines above its ladder. */
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
