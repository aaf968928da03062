import { existsSync } from 'node:fs'
import { parse, stringify } from 'yaml'
import { z } from 'zod'
import { messageOf, UsageError } from '../errors/errors.ts'
import { nearestNames } from '../errors/nearest.ts'
import { readNamedText } from '../files/named-file.ts'
import type { Monitor } from '../scenario/monitor.ts'
import { caseMatcher, nameMatcher, namesLike } from './globs.ts'

/**
 * A baseline is one YAML file for each implementation. It lists causes: each is one deviation of
 * the implementation from its requirements, with every place where it shows. A run is as expected
 * when it shows these places and no others.
 */

const text = z.string().min(1)
const globs = z.union([text, z.array(text).min(1)])
const claims = { fail: z.array(text).min(1).optional(), warn: z.array(text).min(1).optional() }

/** Where a cause shows in findings of scenarios. */
const caseClaim = z
  .strictObject({
    /**
     * Globs on case ids: `tunnel/wrap#stream=late`, `timers/*`. Without `@` a glob names cases of
     * both roles.
     */
    case: globs,
    ...claims,
    inconclusive: z.literal(true).optional(),
  })
  .refine(
    ({ fail, warn, inconclusive }) => (inconclusive === true) !== (fail !== undefined || warn !== undefined),
    'expected fail or warn with requirement ids, or inconclusive: true',
  )

/** Where a cause shows in findings of monitors, whatever the case. */
const monitorClaim = z
  .strictObject({ monitor: globs, ...claims })
  .refine(
    ({ fail, warn }) => fail !== undefined || warn !== undefined,
    'expected fail or warn with requirement ids',
  )

/** The most characters of a cause's title. */
export const LONGEST_TITLE = 200

const SLUG = 'expected lower-case letters and digits with single dashes between them'

const cause = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, SLUG)
    .max(60),
  /** What the implementation does: one plain sentence. */
  title: text.max(LONGEST_TITLE),
  /** The owner of the fault: a program, a library, the kernel. */
  owner: text.max(60),
  /** What users of the implementation notice. */
  effect: text,
  /** The behaviour or source that confirms the cause: file and function. */
  reason: text,
  cases: z.array(caseClaim).default([]),
  monitors: z.array(monitorClaim).default([]),
})

const schema = z.strictObject({
  format: z.literal(2),
  implementation: text,
  causes: z.array(cause),
})

export type Baseline = z.infer<typeof schema>
export type BaselineCause = Baseline['causes'][number]
export type CaseClaim = BaselineCause['cases'][number]
export type MonitorClaim = BaselineCause['monitors'][number]

/** Every name that a baseline may use. */
export interface Vocabulary {
  /** Ids of all existing cases, played or not. */
  readonly cases: readonly string[]
  readonly monitors: readonly Pick<Monitor, 'id' | 'decides'>[]
  /** Ids of all requirements. */
  readonly requirements: readonly string[]
}

/** The title and reason of a cause begin with this until a person has named or explained it. */
export const UNNAMED = 'UNNAMED'
export const UNEXPLAINED = 'UNEXPLAINED'

/** Counts the causes that no person has named or explained yet. */
export function unexplainedIn(baseline: Baseline | undefined): number {
  return (baseline?.causes ?? []).filter(
    ({ title, reason }) => title.startsWith(UNNAMED) || reason.startsWith(UNEXPLAINED),
  ).length
}

const REMEDY = 'Mend the YAML, or point --baseline at another file'

/**
 * Reads a baseline; undefined when the file does not exist.
 * @throws UsageError naming file, field and what was expected; for an unknown name, with the
 * nearest known one; for two causes that claim the same finding; for a file of the previous format.
 */
export function readBaseline(file: string, vocabulary: Vocabulary): Baseline | undefined {
  if (!existsSync(file)) return undefined
  const content = parseYaml(readNamedText(file, { remedy: REMEDY }), file)
  if (isOldFormat(content))
    throw new UsageError(
      `${file} is a baseline of the old format, which lists deviations instead of causes`,
      `Convert it: pptpspec convert-baseline ${file}`,
    )
  const result = schema.safeParse(content)
  if (!result.success) {
    const issue = result.error.issues[0]
    throw new UsageError(
      `${file}: ${issue?.path.join('.') || 'the whole file'}: ${issue?.message ?? 'not a baseline'}`,
      'A baseline holds format: 2, "implementation" and "causes", each with id, title, owner, effect, reason, cases and monitors',
    )
  }
  requireKnownNames(result.data, file, vocabulary)
  requireSingleClaims(result.data, file, vocabulary)
  return result.data
}

/**
 * Parses the YAML of a baseline.
 * @throws UsageError when the text is not YAML.
 */
export function parseYaml(text: string, file: string): unknown {
  try {
    return parse(text)
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${messageOf(error).split('\n')[0] ?? 'not YAML'}`, REMEDY, {
      cause: error,
    })
  }
}

/** Whether a document is a baseline of the old format, which lists deviations instead of causes. */
export function isOldFormat(content: unknown): boolean {
  return typeof content === 'object' && content !== null && 'deviations' in content && !('causes' in content)
}

function requireKnownNames({ causes }: Baseline, file: string, vocabulary: Vocabulary): void {
  const monitors = vocabulary.monitors.map(({ id }) => id)
  const ids = new Set<string>()
  for (const { id, cases, monitors: watched } of causes) {
    if (ids.has(id))
      throw new UsageError(`${file}: two causes have the id ${id}`, 'Give each cause an id of its own')
    ids.add(id)
    const require = (kind: string, given: string, known: readonly string[], matches: Matches) => {
      if (!known.some(matches)) throw unknownName(file, id, kind, given, known)
    }
    for (const claim of cases) {
      for (const glob of listOf(claim.case)) require('case', glob, vocabulary.cases, caseMatcher(glob))
      for (const glob of requirementsOf(claim))
        require('requirement', glob, vocabulary.requirements, nameMatcher(glob))
    }
    for (const claim of watched) {
      for (const glob of listOf(claim.monitor)) require('monitor', glob, monitors, nameMatcher(glob))
      const decided = vocabulary.monitors
        .filter((monitor) => listOf(claim.monitor).some((glob) => nameMatcher(glob)(monitor.id)))
        .flatMap(({ decides }) => decides)
      for (const glob of requirementsOf(claim)) {
        require('requirement', glob, vocabulary.requirements, nameMatcher(glob))
        if (!decided.some(nameMatcher(glob)))
          throw new UsageError(
            `${file}: cause ${id}: no monitor ${listOf(claim.monitor).join(', ')} decides ${glob}`,
            `pptpspec coverage --requirement ${glob} shows what decides it`,
          )
      }
    }
  }
}

type Matches = (name: string) => boolean

function unknownName(
  file: string,
  cause: string,
  kind: string,
  given: string,
  known: readonly string[],
): UsageError {
  const names = kind === 'case' ? [...new Set([...known, ...namesLike(given, known)])] : known
  const nearest = nearestNames(given, names)
  return new UsageError(
    `${file}: cause ${cause}: no ${kind} matches "${given}"`,
    nearest.length === 0 ? REMEDY : `Did you mean ${nearest.join(' or ')}?`,
  )
}

/** Requires that no two causes claim the same finding: its cause would be ambiguous. */
function requireSingleClaims(baseline: Baseline, file: string, { cases, monitors }: Vocabulary): void {
  const expectations = expectationsOf(baseline)
  const complain = (where: string, one: Claim, other: Claim) => {
    const both =
      one.cause === other.cause ? `cause ${one.cause} twice` : `the causes ${one.cause} and ${other.cause}`
    throw new UsageError(
      `${file}: ${where}: ${one.what} is claimed by ${both}`,
      'Remove the claim from one of them: a finding has one cause',
    )
  }
  const check = (where: string, claims: readonly Claim[]) => {
    for (const [at, one] of claims.entries())
      for (const other of claims.slice(at + 1)) if (overlap(one, other)) complain(where, one, other)
  }
  for (const id of cases) check(id, expectations.ofCase(id))
  for (const { id } of monitors) check(`monitor ${id}`, expectations.ofMonitor(id))
}

/** Whether two claims of one case or monitor can be about the same finding. */
function overlap(one: Claim, other: Claim): boolean {
  // An inconclusive case has no findings, so no other claim about it can hold.
  if (one.verdict === 'inconclusive' || other.verdict === 'inconclusive') return true
  return one.matches(other.what) || other.matches(one.what)
}

/** One claim of a cause about one case or one monitor. */
export interface Claim {
  readonly cause: string
  readonly verdict: 'fail' | 'warn' | 'inconclusive'
  /** A glob on requirement ids, or `inconclusive` for the whole case. */
  readonly what: string
  /** Whether the claim is about this requirement. */
  matches(requirement: string): boolean
}

/** A baseline with look-ups by case, monitor and requirement. */
export interface Expectations {
  readonly baseline: Baseline
  ofCase(id: string): readonly Claim[]
  ofMonitor(id: string): readonly Claim[]
}

export function expectationsOf(baseline: Baseline): Expectations {
  const cases = baseline.causes.flatMap((cause) =>
    cause.cases.map((claim) => ({
      matchers: listOf(claim.case).map(caseMatcher),
      claims: claimsOf(cause.id, claim),
    })),
  )
  const monitors = baseline.causes.flatMap((cause) =>
    cause.monitors.map((claim) => ({
      matchers: listOf(claim.monitor).map(nameMatcher),
      claims: claimsOf(cause.id, claim),
    })),
  )
  const find = (from: typeof cases, id: string) =>
    from.filter(({ matchers }) => matchers.some((matches) => matches(id))).flatMap(({ claims }) => claims)
  return {
    baseline,
    ofCase: (id) => find(cases, id),
    ofMonitor: (id) => find(monitors, id),
  }
}

function claimsOf(
  cause: string,
  { fail = [], warn = [], ...more }: CaseClaim | MonitorClaim,
): readonly Claim[] {
  const claim = (verdict: 'fail' | 'warn') => (what: string) => ({
    cause,
    verdict,
    what,
    matches: nameMatcher(what),
  })
  const inconclusive = 'inconclusive' in more && more.inconclusive === true
  return [
    ...fail.map(claim('fail')),
    ...warn.map(claim('warn')),
    ...(inconclusive
      ? [{ cause, verdict: 'inconclusive' as const, what: 'inconclusive', matches: () => false }]
      : []),
  ]
}

function requirementsOf({ fail = [], warn = [] }: CaseClaim | MonitorClaim): readonly string[] {
  return [...fail, ...warn]
}

/** Returns one glob or several globs as a list. */
export function listOf(globs: string | readonly string[]): readonly string[] {
  return typeof globs === 'string' ? [globs] : globs
}

/** Formats a baseline as YAML, without empty lists. */
export function formatBaseline({ causes, ...baseline }: Baseline): string {
  const filled = causes.map(({ cases, monitors, ...cause }) => ({
    ...cause,
    ...(cases.length === 0 ? {} : { cases }),
    ...(monitors.length === 0 ? {} : { monitors }),
  }))
  return stringify({ ...baseline, causes: filled }, { lineWidth: 100 })
}
