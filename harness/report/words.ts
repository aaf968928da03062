import { printable } from '../protocol/octets.ts'
import type { Comparison } from '../runner/events.ts'
import { counted } from './columns.ts'
import type { RunTally } from './tally.ts'

/** Words that several reports share. */

/** Writes a duration, given in ms, for people. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`
}

/** Says where a cause shows: `3 cases, 1 monitor`. */
export function placesOf({
  cases,
  monitors,
}: {
  readonly cases: readonly string[]
  readonly monitors: readonly string[]
}): string {
  return [
    ...(cases.length === 0 ? [] : [counted(cases.length, 'case')]),
    ...(monitors.length === 0 ? [] : [counted(monitors.length, 'monitor')]),
  ].join(', ')
}

/**
 * Says the overall result in one line, which is the last line of every run.
 * @param where says where the reasons are when there are several: `, see above`.
 */
export function overall(run: RunTally, where = ''): string {
  const { finished } = run
  if (finished === undefined) return 'The run did not finish'
  // Only first lines: a long reason was printed in full before.
  const [first, ...more] = finished.reasons.map((reason) => reason.split('\n')[0])
  const reasons =
    first === undefined
      ? ''
      : more.length === 0
        ? `: ${first}`
        : `: ${finished.reasons.length} reasons${where}`
  if (finished.interrupted !== undefined) {
    const why = finished.reasons.find((reason) => !reason.startsWith('interrupted')) ?? ''
    return printable(`Interrupted (${finished.interrupted})${why === '' ? '' : `: ${why}`}`, 1000)
  }
  const words = {
    0: 'As expected',
    1: 'Not as expected',
    2: 'Nothing could be run as asked',
    3: 'The harness or its environment is at fault',
  }[finished.exitCode]
  const untested = run.started?.demonstration
  if (untested === undefined) return printable(`${words}${reasons}`, 1000)
  // A successful demonstration must not look like a successful test.
  const nothing = `No implementation was tested: ${untested}`
  return printable(finished.exitCode === 0 ? nothing : `${words}${reasons}. ${nothing}`, 1000)
}

/**
 * Says how a result compares with the baseline.
 * @param causes the titles of the causes of the baseline, by id.
 */
export function comparisonInWords(comparison: Comparison, causes: ReadonlyMap<string, string>): string {
  switch (comparison.kind) {
    case 'no-baseline':
      return 'no baseline'
    case 'as-expected':
      return comparison.causes.length === 0
        ? 'as expected'
        : `expected: ${comparison.causes.map(({ cause }) => named(cause, causes)).join('; ')}`
    case 'unexpected':
      return `NOT expected: the baseline has ${comparison.expected}, seen ${comparison.seen}`
  }
}

function named(cause: string, causes: ReadonlyMap<string, string>): string {
  const title = causes.get(cause)
  return title === undefined ? cause : `${cause} (${title})`
}
