import type { TimedVerdict, TimingDifference } from '../proof/timing.ts'
import { counted } from './columns.ts'

/** What `prove --timing` prints. */
export interface TimingReport {
  readonly cases: number
  /** How many seeds each case was played with. */
  readonly seeds: number
  readonly differences: readonly TimingDifference[]
  /** How long it took. */
  readonly seconds: number
}

/** Lists the cases whose verdict depends on time, and says whether there are none. */
export function timingText({ cases, seeds, differences, seconds }: TimingReport): string {
  const lines = [
    ...differences.map(differenceText),
    ...(differences.length === 0 ? [] : ['']),
    `${counted(cases, 'case')} under ${counted(seeds, 'seed')} of delivery times: ${counted(differences.length, 'difference')}, ${seconds.toFixed(1)} s`,
    differences.length === 0 ? 'clean' : 'not clean',
  ]
  return `${lines.join('\n')}\n`
}

/** `case, seed 3: was pass, is fail (2.6/identifier: expected 1, seen 2)` */
function differenceText({ case: id, seed, was, is }: TimingDifference): string {
  const decided = new Set(is.findings.map(({ requirement }) => requirement))
  const gone = was.findings.filter(({ requirement }) => !decided.has(requirement))
  const details = [
    ...(is.reason === undefined ? [] : [is.reason]),
    ...is.findings.map(findingText),
    ...gone.map((finding) => `no longer ${findingText(finding)}`),
  ]
  return `${id}, seed ${seed}: was ${was.verdict}, is ${is.verdict} (${details.join('; ')})`
}

function findingText({ requirement, monitor, expected, seen }: TimedVerdict['findings'][number]): string {
  return `${requirement}${monitor === undefined ? '' : ` by monitor ${monitor}`}: expected ${expected}, seen ${seen}`
}
