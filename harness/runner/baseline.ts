import { existsSync, readFileSync } from 'node:fs'
import picomatch from 'picomatch'
import { parse, stringify } from 'yaml'
import { z } from 'zod'
import { UsageError } from '../errors/errors.ts'
import type { ScenarioResult } from '../scenario/verdict.ts'
import type { Comparison, Deviation } from './events.ts'

/**
 * The committed verdicts that an implementation is known to give, where they are not `pass` (or `skip`): one YAML file an
 * implementation. A run that differs from it in either direction is not as expected.
 */
const schema = z.strictObject({
  implementation: z.string().min(1),
  deviations: z.array(
    z.strictObject({
      /** A case id, or a glob on case ids: `message-format/undefined-type#*`. */
      scenario: z.string().min(1),
      verdict: z.enum(['fail', 'warn', 'inconclusive']),
      /** Requirements with findings that are not `pass`; none for `inconclusive`. */
      requirements: z.array(z.string().min(1)).default([]),
      reason: z.string().min(1),
    }),
  ),
})

export type Baseline = z.infer<typeof schema>

/** What `--update-baseline` writes where nobody has said why yet. */
export const UNEXPLAINED = 'UNEXPLAINED: say what in the behaviour or source confirms this verdict'

/**
 * Reads a baseline; undefined when the file does not exist.
 * @throws UsageError naming file, field and what was expected.
 */
export function readBaseline(file: string): Baseline | undefined {
  if (!existsSync(file)) return undefined
  let content: unknown
  try {
    content = parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new UsageError(
      `${file} cannot be read: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`,
      'mend the YAML, or point --baseline at another file',
      { cause: error },
    )
  }
  const result = schema.safeParse(content)
  if (!result.success) {
    const issue = result.error.issues[0]
    throw new UsageError(
      `${file}: ${issue?.path.join('.') || 'the whole file'}: ${issue?.message ?? 'not a baseline'}`,
      'a baseline holds "implementation" and "deviations", each with scenario, verdict (fail, warn, inconclusive), requirements and reason',
    )
  }
  return result.data
}

/** How one result compares with the baseline. */
export function compare(result: ScenarioResult, baseline: Baseline | undefined): Comparison {
  const deviation = deviationFor(result.scenario, baseline)
  const seen = summarize(result)
  if (result.verdict === 'skip') return { kind: 'as-expected' }
  if (deviation === undefined) {
    if (result.verdict === 'pass') return { kind: 'as-expected' }
    return baseline === undefined ? { kind: 'no-baseline' } : { kind: 'unexpected', expected: 'pass', seen }
  }
  const expected = describe(deviation)
  return seen === expected ? { kind: 'as-expected', deviation } : { kind: 'unexpected', expected, seen }
}

/** Entries that can never match, because no case that exists has such an id. */
export function staleEntries(
  baseline: Baseline | undefined,
  caseIds: readonly string[],
): readonly { readonly scenario: string; readonly detail: string }[] {
  return (baseline?.deviations ?? [])
    .filter(({ scenario }) => !caseIds.some((id) => id === scenario || picomatch(scenario)(id)))
    .map(({ scenario }) => ({ scenario, detail: 'no scenario has this id' }))
}

/** A baseline that fits these results, keeping the reasons already given. Entries for scenarios not played are kept. */
export function updatedBaseline(
  implementation: string,
  old: Baseline | undefined,
  results: readonly ScenarioResult[],
): Baseline {
  const played = new Set(results.map((result) => result.scenario))
  const kept = (old?.deviations ?? []).filter(
    ({ scenario }) => ![...played].some((id) => id === scenario || picomatch(scenario)(id)),
  )
  const fresh = results
    .filter(
      (result) => result.verdict === 'fail' || result.verdict === 'warn' || result.verdict === 'inconclusive',
    )
    .map((result) => {
      const known = deviationFor(result.scenario, old)
      const requirements = deviating(result)
      const same = known !== undefined && describe(known) === summarize(result)
      return {
        scenario: result.scenario,
        verdict: result.verdict as 'fail' | 'warn' | 'inconclusive',
        requirements: [...requirements],
        reason: same ? known.reason : UNEXPLAINED,
      }
    })
  return {
    implementation,
    deviations: [...kept, ...fresh].sort((a, b) => a.scenario.localeCompare(b.scenario)),
  }
}

export function formatBaseline(baseline: Baseline): string {
  return stringify(baseline, { lineWidth: 110 })
}

function deviationFor(id: string, baseline: Baseline | undefined): Deviation | undefined {
  const entries = baseline?.deviations ?? []
  return (
    entries.find(({ scenario }) => scenario === id) ?? entries.find(({ scenario }) => picomatch(scenario)(id))
  )
}

function deviating(result: ScenarioResult): readonly string[] {
  if (result.verdict === 'inconclusive') return []
  return [...new Set(result.findings.filter((f) => f.verdict !== 'pass').map((f) => f.requirement))].sort()
}

function summarize(result: ScenarioResult): string {
  return describe({ verdict: result.verdict, requirements: deviating(result) })
}

function describe({ verdict, requirements }: Pick<Deviation, 'verdict' | 'requirements'>): string {
  return requirements.length === 0 ? verdict : `${verdict} of ${[...requirements].sort().join(', ')}`
}
