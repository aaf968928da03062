import { messageOf } from '../errors/errors.ts'
import { type Catalogue, verdictWhenBroken } from './requirement.ts'
import type { Finding } from './verdict.ts'

/** A decision about one requirement, before it becomes a finding. */
export interface Judgement {
  /** Whether the requirement was kept. */
  readonly ok: boolean
  readonly expected: string
  readonly seen: string
  /** Index of the trace entry that shows `seen`. */
  readonly entry?: number | undefined
  /**
   * The verdict where `ok` is false, if not the one of the requirement's level: `warn` where the
   * violation is tolerated.
   */
  readonly otherwise?: 'warn' | 'fail'
}

/** One requirement, or several that one observation decides, each with the verdict of its level. */
export type OneOrMore<R extends string> = R | readonly [R, ...R[]]

/** Collects findings, and turns the level of a requirement into the verdict about it. */
export interface Judge<R extends string> {
  decide(requirement: OneOrMore<R>, judgement: Judgement): void
  readonly findings: readonly Finding[]
}

/**
 * Makes the judge of one play.
 * @param decides the requirements that the scenario declares; `decide` throws an Error for others.
 * @param readings interpretations that each finding depends on.
 * @param passesOver requirements about which `decide` makes no finding.
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
    // A proof makes hundreds of thousands of findings: this object is filled without copies.
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
 * Thrown to end a scenario when, after its last finding, the rest cannot be tested. It is not an
 * error: the findings so far count.
 */
export class Decided extends Error {
  override readonly name = 'Decided'
}

/** The verdict about a scenario's body that did not run to its end, with the reason. */
export interface Unfinished {
  readonly verdict: 'inconclusive' | 'skip' | 'error'
  readonly reason: string
}

/** Runs a body; returns undefined when it ends by itself or by `Decided`, else why it did not. */
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

/** Thrown when the preamble fails: the requirements that come after it are not decided. */
export class Inconclusive extends Error {
  override readonly name = 'Inconclusive'
}

/**
 * Thrown when the IUT does something that the RFC permits and that leaves nothing to test. Its
 * claims (PICS) do not say beforehand whether it does.
 */
export class NotApplicable extends Error {
  override readonly name = 'NotApplicable'
}
