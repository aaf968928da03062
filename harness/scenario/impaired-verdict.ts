import type { PathImpairment } from '../network/impaired.ts'
import type { Trace } from '../trace/trace.ts'
import type { Finding } from './verdict.ts'

/** An impairment of the path that a case is played on. */
export interface Impaired {
  readonly plan: PathImpairment
  /** Whether the scenario asked for it, and so allows for it; otherwise the run did. */
  readonly own: boolean
  /** Of the run. */
  readonly seed: number
}

const DONE = { lose: 'lost', duplicate: 'doubled', reorder: 'held back', delay: 'delayed' } as const

/** What the impairment did to GRE, and how to have the same again. */
export function describeSchedule(trace: Trace, { own, seed }: Impaired): string {
  const counts = new Map<keyof typeof DONE, number>()
  let packets = 0
  for (const entry of trace.entries) {
    // Packets, not passages: one that arrives late or twice was sent once.
    if (entry.kind === 'gre' && entry.only !== 'received') packets++
    if (entry.kind === 'impairment') counts.set(entry.action, (counts.get(entry.action) ?? 0) + 1)
  }
  const done = Object.entries(DONE).flatMap(([action, word]) => {
    const count = counts.get(action as keyof typeof DONE)
    return count === undefined ? [] : [`${count} ${word}`]
  })
  const again = own ? `--seed ${seed}` : `the same --impair and --seed ${seed}`
  return `of ${packets} GRE packets ${done.join(', ') || 'none touched'}; ${again} does so again`
}

/**
 * Sets the violations among a scenario's own findings aside where the run impaired a path that the
 * scenario takes for sound: the impairment may have caused them.
 * @returns the findings that count, and why others were set aside.
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
    setAside: `the impairment may be what broke ${first.requirement}: expected ${first.expected}, seen ${first.seen}`,
  }
}
