import { messageOf } from '../errors/errors.ts'
import { type Catalogue, verdictWhenBroken } from './requirement.ts'
import type { Finding } from './verdict.ts'

/** What a scenario claims about one requirement. */
export interface Judgement {
  readonly ok: boolean
  readonly expected: string
  readonly seen: string
  /** Trace entry that shows it. */
  readonly entry?: number | undefined
  /**
   * Instead of what the requirement's level says: `warn` for what is tolerated but not what was
   * asked for.
   */
  readonly otherwise?: 'warn' | 'fail'
}

/**
 * One requirement, or several that one and the same observation decides; each is judged by its own
 * level.
 */
export type OneOrMore<R extends string> = R | readonly [R, ...R[]]

/** Collects findings; the only place where a requirement's level becomes a verdict. */
export interface Judge<R extends string> {
  decide(requirement: OneOrMore<R>, judgement: Judgement): void
  readonly findings: readonly Finding[]
}

/**
 * @param decides the requirements that the scenario declared; deciding another one is a mistake in
 * the scenario.
 * @param passesOver those of which nothing is to be said, whatever it decides about them.
 * @throws Error from `decide` on such a mistake.
 */
export function createJudge<R extends string>(
  catalogue: Catalogue,
  decides: readonly R[],
  readings: readonly string[] = [],
  passesOver: readonly R[] = [],
): Judge<R> {
  const findings: Finding[] = []
  return {
    findings,
    decide(requirement, judgement) {
      for (const one of typeof requirement === 'string' ? [requirement] : requirement)
        if (!passesOver.includes(one)) findings.push(findingOf(one, judgement))
    },
  }

  function findingOf(requirement: R, judgement: Judgement): Finding {
    const entry = catalogue[requirement]
    if (entry === undefined || !decides.includes(requirement))
      throw new Error(`the scenario does not declare that it decides ${requirement}`)
    const { reading } = entry
    const leansOn = reading === undefined || readings.includes(reading) ? readings : [reading, ...readings]
    // Thousands of plays are judged in a proof, most of them a hundred times: nothing is copied
    // here.
    const finding: { -readonly [K in keyof Finding]: Finding[K] } = {
      requirement,
      verdict: judgement.ok ? 'pass' : (judgement.otherwise ?? verdictWhenBroken(entry.level)),
      expected: judgement.expected,
      seen: judgement.seen,
    }
    if (judgement.entry !== undefined) finding.entry = judgement.entry
    if (leansOn.length > 0) finding.readings = leansOn
    return finding
  }
}

/**
 * Ends a scenario whose last finding leaves nothing more to see. Not an error: the finding stands.
 */
export class Decided extends Error {
  override readonly name = 'Decided'
}

/** Why a body came to no verdict of its own. */
export interface Unfinished {
  readonly verdict: 'inconclusive' | 'skip' | 'error'
  readonly reason: string
}

/** Runs a body to its end; undefined where it came to one. What it throws is a verdict. */
export async function attempt(body: () => Promise<void>): Promise<Unfinished | undefined> {
  try {
    await body()
    return undefined
  } catch (error) {
    if (error instanceof Decided) return undefined
    if (error instanceof Inconclusive) return { verdict: 'inconclusive', reason: error.message }
    if (error instanceof NotApplicable) return { verdict: 'skip', reason: error.message }
    return { verdict: 'error', reason: messageOf(error) }
  }
}

/**
 * The preamble did not get the IUT to where the test begins; nothing was decided about the
 * requirement.
 */
export class Inconclusive extends Error {
  override readonly name = 'Inconclusive'
}

/**
 * The IUT made a choice that the RFC leaves to it, and with it there is nothing to test. No PICS
 * could have told so before.
 */
export class NotApplicable extends Error {
  override readonly name = 'NotApplicable'
}
