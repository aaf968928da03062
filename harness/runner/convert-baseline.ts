import { z } from 'zod'
import { UsageError } from '../errors/errors.ts'
import type { Monitor } from '../scenario/monitor.ts'
import { type Catalogue, verdictWhenBroken } from '../scenario/requirement.ts'
import { beforeRole, type ScenarioCase } from '../scenario/scenario.ts'
import {
  type Baseline,
  type BaselineCause,
  type CaseClaim,
  isOldFormat,
  parseYaml,
  UNEXPLAINED,
  UNNAMED,
} from './baseline.ts'
import type { Broken } from './events.ts'
import { nameMatcher } from './globs.ts'
import { freeId, regrouped } from './update-baseline.ts'

/**
 * A baseline of the old format: one entry for each case or glob on cases, and the findings of
 * monitors over all cases.
 */
const oldSchema = z.object({
  implementation: z.string().min(1),
  anywhere: z
    .array(z.object({ requirement: z.string(), verdict: z.enum(['fail', 'warn']), reason: z.string() }))
    .default([]),
  deviations: z.array(
    z.object({
      scenario: z.string(),
      verdict: z.enum(['fail', 'warn', 'inconclusive']),
      requirements: z.array(z.string()).default([]),
      reason: z.string(),
    }),
  ),
})

type Deviation = z.infer<typeof oldSchema>['deviations'][number]

/** The result of converting a baseline of the old format. */
export interface Converted {
  readonly baseline: Baseline
  /** What a person should check, one sentence each. */
  readonly notes: readonly string[]
}

/** The existing cases, monitors and requirements. */
export interface Suites {
  readonly cases: readonly ScenarioCase[]
  readonly monitors: readonly Pick<Monitor, 'id' | 'decides'>[]
  readonly catalogue: Catalogue
}

/**
 * Makes a baseline of causes from one of the old format. Entries with the same reason become one
 * cause; a violation that only a monitor can have found becomes a claim of that monitor.
 * @param file the file's name, for error messages.
 * @throws UsageError when the file is not a baseline of the old format.
 */
export function convertBaseline(text: string, file: string, suites: Suites): Converted {
  const content = parseYaml(text, file)
  const parsed = oldSchema.safeParse(content)
  if (!isOldFormat(content) || !parsed.success) {
    const issue = parsed.success ? undefined : parsed.error.issues[0]
    throw new UsageError(
      `${file} is not a baseline of the old format${issue === undefined ? '' : `: ${issue.path.join('.')}: ${issue.message}`}`,
      'It has "deviations"; a file with "causes" needs no conversion',
    )
  }
  const { implementation, anywhere, deviations } = parsed.data
  const found = entriesOf(deviations, suites.cases)
  const roles = new Set([...found.keys()].map(({ scenario }) => scenario.iut))
  const known = suites.cases.filter(({ scenario }) => roles.has(scenario.iut)).map(({ id }) => id)
  const reasons = [...new Set([...anywhere, ...deviations].map(({ reason }) => reason))]
  const watched = new Set<string>()
  const taken = new Set<string>()
  const notes: string[] = []
  const causes = reasons.flatMap((reason): readonly BaselineCause[] => {
    const monitors = new Map<string, Map<string, Broken>>()
    const claimMonitor = (requirement: string, verdict: Broken) => {
      for (const { id, decides } of suites.monitors) {
        if (!decides.includes(requirement) || watched.has(`${id} ${requirement}`)) continue
        watched.add(`${id} ${requirement}`)
        monitors.set(id, (monitors.get(id) ?? new Map()).set(requirement, verdict))
      }
    }
    for (const one of anywhere) if (one.reason === reason) claimMonitor(one.requirement, one.verdict)
    const own = [...found].filter(([, deviation]) => deviation.reason === reason)
    const claims: { readonly id: string; readonly claim: Omit<CaseClaim, 'case'> }[] = []
    for (const [one, deviation] of own) {
      if (deviation.verdict === 'inconclusive') {
        claims.push({ id: one.id, claim: { inconclusive: true } })
        continue
      }
      const mine = deviation.requirements.filter((id) => one.scenario.decides.includes(id))
      for (const id of deviation.requirements)
        if (!mine.includes(id)) claimMonitor(id, verdictOf(id, deviation, suites.catalogue))
      if (mine.length === 0) notes.push(`${one.id}: its verdict ${deviation.verdict} came from monitors only`)
      else claims.push({ id: one.id, claim: claimOf(mine, deviation, suites.catalogue) })
    }
    if (claims.length + monitors.size === 0) return []
    const [first] = own
    const name = first?.[1].requirements[0] ?? first?.[0].id ?? [...monitors.values()][0]?.keys().next().value
    return [
      {
        id: freeId(name ?? 'cause', taken),
        title: `${UNNAMED}: ${reason.replaceAll(/\s+/g, ' ').slice(0, 150)}`,
        owner: 'unknown',
        effect: `${UNEXPLAINED}: say what users of the implementation notice`,
        reason,
        cases: regrouped(claims, known),
        monitors: [...monitors].map(([monitor, of]) => ({ monitor, ...byVerdict([...of]) })),
      },
    ]
  })
  const named = deviations.filter((one) => ![...found.values()].includes(one))
  return {
    baseline: { format: 2, implementation, causes },
    notes: [
      ...notes,
      ...named.map(({ scenario }) => `${scenario}: no case has this id, so the entry is left out`),
    ],
  }
}

/**
 * Finds the entry of the old file for each case. An entry with the case's exact id takes precedence
 * over one with a glob.
 */
function entriesOf(
  deviations: readonly Deviation[],
  cases: readonly ScenarioCase[],
): ReadonlyMap<ScenarioCase, Deviation> {
  const matchers = deviations.map((deviation) => ({ deviation, matches: nameMatcher(deviation.scenario) }))
  return new Map(
    cases.flatMap((one) => {
      const ids = oldIdsOf(one)
      const entry =
        matchers.find(({ deviation }) => ids.includes(deviation.scenario)) ??
        matchers.find(({ matches }) => ids.some(matches))
      return entry === undefined ? [] : [[one, entry.deviation] as const]
    }),
  )
}

/** Returns the ids that a case may have had when the role was part of its scenario's name. */
function oldIdsOf({ id, scenario }: ScenarioCase): readonly string[] {
  const bare = beforeRole(id)
  if (scenario.iut === 'recipient') return [bare]
  return [`originator-${bare}`, `originator-${bare.replace(/^outgoing-call\//, 'call/')}`]
}

function claimOf(
  requirements: readonly string[],
  deviation: Deviation,
  catalogue: Catalogue,
): Omit<CaseClaim, 'case'> {
  const verdicts = requirements.map((id) => [id, verdictOf(id, deviation, catalogue)] as const)
  return byVerdict(verdicts)
}

/**
 * Estimates the verdict of one requirement from its level: the old format had one verdict for all
 * requirements of a case, the gravest.
 */
function verdictOf(requirement: string, { verdict, requirements }: Deviation, catalogue: Catalogue): Broken {
  const level = catalogue[requirement]?.level
  if (verdict !== 'fail' || level === undefined) return 'warn'
  return requirements.length === 1 ? 'fail' : verdictWhenBroken(level)
}

function byVerdict(verdicts: readonly (readonly [id: string, verdict: Broken])[]): Omit<CaseClaim, 'case'> {
  const of = (wanted: Broken) => verdicts.filter(([, verdict]) => verdict === wanted).map(([id]) => id)
  const [fail, warn] = [of('fail'), of('warn')]
  return { ...(fail.length === 0 ? {} : { fail }), ...(warn.length === 0 ? {} : { warn }) }
}
