import { z } from 'zod'
import { picsSchema } from '../scenario/claims.ts'
import { VERDICTS } from '../scenario/verdict.ts'

/**
 * The one stream that everything else is made from: appended to events.ndjson as it happens, one
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
 * A cause, and the ids of the requirements in which it shows; none where the case is inconclusive.
 */
const shown = z.object({ cause: z.string(), requirements: texts })
/**
 * A cause, and what should show because of it and does not: requirement globs, or `inconclusive`.
 */
const gone = z.object({ cause: z.string(), what: texts })

/** How one case, or the sum of one monitor and requirement, compares with the baseline. */
const comparison = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('as-expected'), causes: z.array(shown) }),
  z.object({
    kind: z.literal('unexpected'),
    causes: z.array(shown),
    /** Requirement ids that no cause claims, and `inconclusive` where none claims that. */
    fresh: texts,
    gone: z.array(gone),
    /** In words. */
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
  /** The gravest of all cases. */
  verdict: z.enum(['pass', 'warn', 'fail']),
  /** Cases in which it was kept, and in which it was broken. */
  kept: count,
  broken: count,
  /** Where it was broken: the first case with the gravest verdict. */
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
/** Of a run that plays its selection more than once: counted from 1, absent otherwise. */
const round = z.number().int().min(1).optional()
const at = z.number()

/** One event. `at` is ms since 1970. */
export const eventSchema = z.discriminatedUnion('kind', [
  z.object({
    at,
    kind: z.literal('run-started'),
    /** Of this format. */
    format: z.literal(2),
    run: z.string(),
    harness: z.string(),
    node: z.string(),
    seed: z.number(),
    /** What was done to GRE in every case that asks for nothing else; absent where nothing was. */
    impairment: z.object({ send: rates.optional(), receive: rates.optional() }).optional(),
    /** `accelerated`: for timed scenarios, where the implementation's clock can be. */
    clock,
    lanes: z.number(),
    /** Names of what is tested, in the order of the request: they are played side by side. */
    implementations: texts.optional(),
    /** How many times the selection is played; absent for once. */
    repeat: count.optional(),
    /**
     * Of an interoperability run, whose implementations are pairs: names of what may lie between
     * the two.
     */
    paths: texts.optional(),
    arguments: texts,
    /**
     * Why no implementation could be tested, where the reference stands in for it; absent
     * otherwise.
     */
    demonstration: z.string().optional(),
  }),
  /** Anything a person may want to know that is no verdict. */
  z.object({ at, kind: z.literal('notice'), text: z.string() }),
  z.object({
    at,
    kind: z.literal('implementation-started'),
    implementation: z.string(),
    title: z.string(),
    pics: picsSchema,
    provenance,
    planned: texts,
    /** How many selected scenarios are for a role that it does not take. */
    otherRole: count.optional(),
    /** Those of its baseline; absent where there is none. */
    causes: z.array(cause).optional(),
  }),
  /** Why nothing, or nothing that needs a call, can work: said once instead of in each case. */
  z.object({
    at,
    kind: z.literal('diagnosis'),
    implementation: z.string(),
    /** What does not work, in one sentence. */
    text: z.string(),
    remedies: texts,
    /** The last lines that the implementation logged; absent where nobody here can see its log. */
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
    /** What monitors found broken. What they found kept is in the sums alone. */
    watched: z.array(watchedFinding).optional(),
    /**
     * The clock that the implementation had, and how many seconds of its time passed in one of
     * ours. Absent where nothing was played.
     */
    clock: clock.optional(),
    speed: z.number().optional(),
    /** Relative to the output directory. */
    files: z
      .object({
        /**
         * Of a case that passed mostly the file that it shares with others: see `trace/archive`.
         */
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
    /** What monitors found, by round where there are several. */
    watched: z.array(sum.extend({ round })),
    /** What of the baseline no result of this run shows. */
    stale: z.array(z.object({ cause: z.string(), detail: z.string() })),
    /** What differs from round to round; absent where there was one. */
    unstable: z.object({ cases: texts, monitors: texts, causes: texts }).optional(),
  }),
  z.object({
    at,
    kind: z.literal('run-finished'),
    exitCode: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]),
    /** Why not 0, one line each. */
    reasons: texts,
    interrupted: z.string().optional(),
  }),
])

/** A type whose values nobody changes. */
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
 * `accelerated`: the implementation's clock runs faster than ours; `virtual`: nobody's clock is
 * real.
 */
export type Clock = z.infer<typeof clock>
/** Files of one case, relative to the output directory. */
export type CaseFiles = NonNullable<EventOf<'scenario-finished'>['files']>
