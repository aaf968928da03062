import type { PathImpairment } from '../network/impaired.ts'
import type { Trace } from '../trace/trace.ts'
import type { Finding } from './verdict.ts'

/** The impairment of a case's GRE. */
export interface Impaired {
  readonly plan: PathImpairment
  /** True: the scenario asked for the impairment, and expects it. False: the run did. */
  readonly own: boolean
  /** The seed of the run. */
  readonly seed: number
}

/** The words for what an impairment did to packets. */
const DONE = { lose: 'lost', duplicate: 'doubled', reorder: 'held back', delay: 'delayed' } as const

/** Returns what the impairment did to GRE, and the options that repeat it, in words. */
export function describeSchedule(trace: Trace, { own, seed }: Impaired): string {
  const counts = new Map<keyof typeof DONE, number>()
  let packets = 0
  for (const entry of trace.entries) {
    // Counts packets as they were sent: one that arrives late or twice has further entries.
    if (entry.kind === 'gre' && entry.only !== 'received') packets++
    if (entry.kind === 'impairment') counts.set(entry.action, (counts.get(entry.action) ?? 0) + 1)
  }
  const done = Object.entries(DONE).flatMap(([action, word]) => {
    const count = counts.get(action as keyof typeof DONE)
    return count === undefined ? [] : [`${count} ${word}`]
  })
  const again = own ? `--seed ${seed}` : `the same --impair with --seed ${seed}`
  return `of ${packets} GRE packets ${done.join(', ') || 'none was impaired'}; ${again} repeats this`
}

/**
 * Leaves out a scenario's own violations where the run impaired the path and the scenario does not
 * expect it: the impairment may have caused them.
 * @returns the findings that count; `setAside`: why others were left out.
 */
export function findingsThatCount(
  findings: readonly Finding[],
  trace: Trace,
  impaired: Impaired | undefined,
): { readonly findings: readonly Finding[]; readonly setAside?: string } {
  if (impaired === undefined || impaired.own || !trace.entries.some(({ kind }) => kind === 'impairment'))
    return { findings }
  const first = findings.find(({ verdict }) => verdict !== 'pass')
  if (first === undefined) return { findings }
  return {
    findings: findings.filter(({ verdict }) => verdict === 'pass'),
    setAside: `the impairment may have caused the violation of ${first.requirement}: expected ${first.expected}, seen ${first.seen}`,
  }
}
