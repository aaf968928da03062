import { existsSync } from 'node:fs'
import picomatch from 'picomatch'
import { parse, stringify } from 'yaml'
import { z } from 'zod'
import { UsageError } from '../errors/errors.ts'
import { readNamedText } from '../files/named-file.ts'
import { byGravity, type Finding, gravest, type ScenarioResult } from '../scenario/verdict.ts'
import type { Comparison, Deviation } from './events.ts'

/**
 * The committed verdicts that an implementation is known to give, where they are not `pass` (or `skip`): one YAML file an
 * implementation. A run that differs from it in either direction is not as expected.
 */
const schema = z.strictObject({
  implementation: z.string().min(1),
  /** What monitors find wherever it shows, in any scenario. */
  anywhere: z
    .array(
      z.strictObject({
        requirement: z.string().min(1),
        verdict: z.enum(['fail', 'warn']),
        reason: z.string().min(1),
      }),
    )
    .default([]),
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

/** How many deviations are expected for no reason that anybody has given. */
export function unexplainedIn(baseline: Baseline | undefined): number {
  return (baseline?.deviations ?? []).filter(({ reason }) => reason.startsWith('UNEXPLAINED')).length
}

/**
 * Reads a baseline; undefined when the file does not exist.
 * @throws UsageError naming file, field and what was expected.
 */
export function readBaseline(file: string): Baseline | undefined {
  if (!existsSync(file)) return undefined
  const remedy = 'mend the YAML, or point --baseline at another file'
  const text = readNamedText(file, { remedy })
  let content: unknown
  try {
    content = parse(text)
  } catch (error) {
    throw new UsageError(
      `${file} cannot be read: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`,
      remedy,
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
  const { rest, known } = withoutAnywhere(result, baseline)
  const deviation = deviationFor(result.scenario, baseline)
  const seen = summarize(rest)
  if (rest.verdict === 'skip') return { kind: 'as-expected' }
  if (deviation === undefined) {
    if (rest.verdict === 'pass')
      return { kind: 'as-expected', ...(known === undefined ? {} : { deviation: known }) }
    return baseline === undefined ? { kind: 'no-baseline' } : { kind: 'unexpected', expected: 'pass', seen }
  }
  const expected = describe(deviation)
  return seen === expected ? { kind: 'as-expected', deviation } : { kind: 'unexpected', expected, seen }
}

/** A result as it would be without the findings that the baseline expects anywhere. */
function withoutAnywhere(
  result: ScenarioResult,
  baseline: Baseline | undefined,
): { readonly rest: ScenarioResult; readonly known: Deviation | undefined } {
  const entries = (baseline?.anywhere ?? [])
    .filter((entry) => result.findings.some((one) => isAnywhere(one, entry)))
    .sort(byGravity)
  const [first] = entries
  if (first === undefined) return { rest: result, known: undefined }
  const findings = result.findings.filter((one) => !entries.some((entry) => isAnywhere(one, entry)))
  return {
    rest: { ...result, findings, verdict: verdictOf(result, findings) },
    known: {
      verdict: gravest(entries.map((entry) => entry.verdict)) ?? 'warn',
      requirements: entries.map((entry) => entry.requirement),
      reason: entries.map((entry) => entry.reason).join(' '),
    },
  }
}

/** The verdict that a result would have with fewer findings. */
function verdictOf(
  { verdict, reason }: ScenarioResult,
  findings: readonly Finding[],
): ScenarioResult['verdict'] {
  if (verdict !== 'fail' && verdict !== 'warn') return verdict
  const found = gravest(findings.map((one) => one.verdict)) ?? 'pass'
  // A failure with a reason is one that outweighed that the scenario never got to its test.
  return reason !== undefined && found !== 'fail' ? 'inconclusive' : found
}

function isAnywhere(finding: Finding, entry: Baseline['anywhere'][number]): boolean {
  return (
    finding.monitor !== undefined &&
    finding.requirement === entry.requirement &&
    finding.verdict === entry.verdict
  )
}

/** `anywhere` entries that no result of a whole run shows. */
export function staleAnywhere(
  baseline: Baseline | undefined,
  results: readonly ScenarioResult[],
): readonly { readonly scenario: string; readonly detail: string }[] {
  return (baseline?.anywhere ?? [])
    .filter((entry) => !results.some(({ findings }) => findings.some((one) => isAnywhere(one, entry))))
    .map(({ requirement }) => ({
      scenario: `anywhere ${requirement}`,
      detail: 'no scenario shows it any more',
    }))
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

/**
 * A baseline that fits these results, keeping the reasons already given. Entries for scenarios that were not played, or skipped, are kept; a glob of which
 * some cases came out otherwise becomes an entry for each of the others. `knownCases` are the ids of all cases there are: entries that name none go.
 */
export function updatedBaseline(
  implementation: string,
  old: Baseline | undefined,
  results: readonly ScenarioResult[],
  knownCases: readonly string[],
): Baseline {
  const played = new Map(
    results
      .filter(({ verdict }) => verdict !== 'skip')
      .map((result) => [result.scenario, withoutAnywhere(result, old).rest]),
  )
  const fits = (id: string, entry: Deviation): boolean => {
    const result = played.get(id)
    return result === undefined || summarize(result) === describe(entry)
  }
  const kept = (old?.deviations ?? []).flatMap((entry) => {
    const covered = knownCases.filter((id) => deviationFor(id, old) === entry)
    const fitting = covered.filter((id) => fits(id, entry))
    const whole = covered.length > 0 && fitting.length === covered.length
    return whole ? [entry] : fitting.map((scenario) => ({ ...entry, scenario }))
  })
  const fresh = [...played.values()].flatMap((result) => {
    const { scenario, verdict } = result
    if (verdict !== 'fail' && verdict !== 'warn' && verdict !== 'inconclusive') return []
    const known = deviationFor(scenario, old)
    if (known !== undefined && fits(scenario, known)) return []
    return [{ scenario, verdict, requirements: [...deviating(result)], reason: UNEXPLAINED }]
  })
  return {
    implementation,
    anywhere: old?.anywhere ?? [],
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
