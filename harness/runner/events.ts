import { z } from 'zod'
import { picsSchema } from '../scenario/claims.ts'
import { VERDICTS } from '../scenario/verdict.ts'

/**
 * The event stream that all reports are made from: appended to events.ndjson as it happens, one
 * JSON object a line, read again by reporters. The types below follow from the schema.
 */

const count = z.number().int().min(0)
const texts = z.array(z.string())
const verdict = z.enum(VERDICTS as ['skip', 'pass', 'warn', 'fail', 'inconclusive', 'error'])
const broken = z.enum(['warn', 'fail'])

const provenance = z.object({
  implementation: z.string(),
  versions: z.record(z.string(), z.string()),
  image: z.string().optional(),
  engine: z.string(),
})

/** A cause of the baseline: one thing that an implementation is known to do otherwise. */
const cause = z.object({
  id: z.string(),
  title: z.string(),
  owner: z.string(),
  effect: z.string(),
  reason: z.string(),
})

const finding = z.object({
  requirement: z.string(),
  verdict: z.enum(['pass', 'warn', 'fail']),
  expected: z.string(),
  seen: z.string(),
  entry: count.optional(),
  readings: texts.optional(),
})
const watchedFinding = finding.extend({ monitor: z.string() })

const result = z.object({
  scenario: z.string(),
  purpose: z.string(),
  verdict,
  reason: z.string().optional(),
  findings: z.array(finding),
  impairment: z.string().optional(),
  figures: z.array(z.object({ name: z.string(), value: z.number(), unit: z.string() })).optional(),
  duration: z.number(),
})

/**
 * A cause, and the ids of the requirements in which it shows: an empty list for an inconclusive
 * case.
 */
const shown = z.object({ cause: z.string(), requirements: texts })
/** A cause, and the requirement globs (or `inconclusive`) that it claims but that do not show. */
const gone = z.object({ cause: z.string(), what: texts })

/** How one case, or the sum of one monitor and requirement, compares with the baseline. */
const comparison = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('as-expected'), causes: z.array(shown) }),
  z.object({
    kind: z.literal('unexpected'),
    causes: z.array(shown),
    /**
     * Requirement ids that no cause claims, and `inconclusive` when no cause claims that the case
     * is inconclusive.
     */
    fresh: texts,
    gone: z.array(gone),
    /** The claimed verdicts, in words; `seen` likewise. */
    expected: z.string(),
    seen: z.string(),
  }),
  /** The run had no baseline. */
  z.object({ kind: z.literal('no-baseline') }),
])

/** What one monitor found about one requirement, over all cases of an implementation. */
const sum = z.object({
  monitor: z.string(),
  requirement: z.string(),
  /** The gravest verdict of all cases. */
  verdict: z.enum(['pass', 'warn', 'fail']),
  /** How many cases kept the requirement, and how many broke it. */
  kept: count,
  broken: count,
  /** The first case with the gravest verdict. */
  first: z.object({ case: z.string(), finding: watchedFinding, frame: count.optional() }).optional(),
  comparison,
})

const rates = z.object({
  loss: z.number().optional(),
  duplication: z.number().optional(),
  reordering: z.number().optional(),
  hold: z.number().optional(),
  delay: z.number().optional(),
  jitter: z.number().optional(),
})
const clock = z.enum(['real', 'accelerated', 'virtual'])
/** The round, counted from 1; absent in a run that plays its selection once. */
const round = z.number().int().min(1).optional()
/** ms since 1970, as far as a date reaches. */
const at = z
  .number()
  .refine((ms) => !Number.isNaN(new Date(ms).getTime()), 'it is not a time: ms since 1970 are expected')

/** One event. `at` is ms since 1970. */
export const eventSchema = z.discriminatedUnion('kind', [
  z.object({
    at,
    kind: z.literal('run-started'),
    /** The version of this event format. */
    format: z.literal(2),
    run: z.string(),
    harness: z.string(),
    node: z.string(),
    seed: z.number(),
    /**
     * The impairment of GRE in every case that declares none of its own; absent when there is none.
     */
    impairment: z.object({ send: rates.optional(), receive: rates.optional() }).optional(),
    /**
     * `accelerated`: timed scenarios are played under an accelerated clock if the implementation
     * has one.
     */
    clock,
    lanes: z.number(),
    /**
     * Names of the tested implementations in the order of the request; they are played side by
     * side.
     */
    implementations: texts.optional(),
    /** How many times the selection is played; absent for once. */
    repeat: count.optional(),
    /**
     * In an interoperability run, whose implementations are pairs: names of the middleboxes that
     * may lie between client and server.
     */
    paths: texts.optional(),
    arguments: texts,
    /**
     * The reason why no implementation could be tested and the reference was played instead; absent
     * otherwise.
     */
    demonstration: z.string().optional(),
  }),
  /** A message for a person that is not a verdict. */
  z.object({ at, kind: z.literal('notice'), text: z.string() }),
  z.object({
    at,
    kind: z.literal('implementation-started'),
    implementation: z.string(),
    title: z.string(),
    pics: picsSchema,
    provenance,
    planned: texts,
    /** The number of selected scenarios for a role that the implementation does not take. */
    otherRole: count.optional(),
    /** The causes of its baseline; absent when it has none. */
    causes: z.array(cause).optional(),
  }),
  /**
   * The reason why nothing, or no case with a call, can work: reported once instead of in each
   * case.
   */
  z.object({
    at,
    kind: z.literal('diagnosis'),
    implementation: z.string(),
    /** The failure, in one sentence. */
    text: z.string(),
    remedies: texts,
    /** The last lines that the implementation logged; absent when its log is not accessible. */
    log: texts.optional(),
    /** How many cases are inconclusive for that reason. */
    cases: count,
  }),
  z.object({
    at,
    kind: z.literal('scenario-started'),
    implementation: z.string(),
    scenario: z.string(),
    lane: z.number(),
    round,
  }),
  z.object({
    at,
    kind: z.literal('scenario-finished'),
    implementation: z.string(),
    lane: z.number(),
    round,
    result,
    comparison,
    /** The violations that monitors found. Passes are in the sums only. */
    watched: z.array(watchedFinding).optional(),
    /**
     * The clock of the implementation, and how many of its seconds pass in one real second. Absent
     * when the case was not played.
     */
    clock: clock.optional(),
    speed: z.number().optional(),
    /** Relative to the output directory. */
    files: z
      .object({
        /** Most cases that passed share one file: see `trace/archive`. */
        trace: z.string(),
        pcapng: z.string().optional(),
        log: z.string().optional(),
      })
      .optional(),
    /**
     * Frames in the pcapng, by trace entry index (as text): the first frame that shows the entry,
     * counted from 1.
     */
    frames: z.record(z.string(), z.number()).optional(),
    /** PPTP messages and GRE packets in the trace, both directions. */
    counts: z.object({ messages: z.number(), gre: z.number() }).optional(),
  }),
  z.object({
    at,
    kind: z.literal('implementation-finished'),
    implementation: z.string(),
    /** What monitors found, for each round if there are several. */
    watched: z.array(sum.extend({ round })),
    /** The parts of the baseline that no result of this run shows. */
    stale: z.array(z.object({ cause: z.string(), detail: z.string() })),
    /** The differences between rounds; absent when there was only one. */
    unstable: z.object({ cases: texts, monitors: texts, causes: texts }).optional(),
  }),
  z.object({
    at,
    kind: z.literal('run-finished'),
    exitCode: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]),
    /** The reasons why the exit code is not 0, one line each. */
    reasons: texts,
    interrupted: z.string().optional(),
  }),
])

/** A deeply read-only type. */
type Frozen<T> = T extends readonly (infer E)[]
  ? readonly Frozen<E>[]
  : T extends object
    ? { readonly [K in keyof T]: Frozen<T[K]> }
    : T

export type RunEvent = Frozen<z.infer<typeof eventSchema>>
export type EventOf<K extends RunEvent['kind']> = Extract<RunEvent, { readonly kind: K }>
/** How a result compares with the baseline. */
export type Comparison = Frozen<z.infer<typeof comparison>>
/** What one monitor found about one requirement, over all cases of an implementation. */
export type WatchedSum = Frozen<z.infer<typeof sum>>
export type Cause = Frozen<z.infer<typeof cause>>
export type Broken = z.infer<typeof broken>
/**
 * `accelerated`: the implementation's clock runs faster than real time; `virtual`: both sides have
 * a virtual clock.
 */
export type Clock = z.infer<typeof clock>
/** Files of one case, relative to the output directory. */
export type CaseFiles = NonNullable<EventOf<'scenario-finished'>['files']>
