import { z } from 'zod'
import { UsageError } from '../errors/errors.ts'
import { readNamedText } from '../files/named-file.ts'
import { printable } from '../protocol/octets.ts'
import type { RunEvent } from '../runner/events.ts'
import { picsSchema } from '../scenario/claims.ts'
import { VERDICTS } from '../scenario/verdict.ts'

const verdict = z.enum(VERDICTS as ['skip', 'pass', 'warn', 'fail', 'inconclusive', 'error'])
const texts = z.array(z.string())
const provenance = z.object({
  implementation: z.string(),
  versions: z.record(z.string(), z.string()),
  image: z.string().optional(),
  engine: z.string(),
})
const finding = z.object({
  requirement: z.string(),
  verdict: z.enum(['pass', 'warn', 'fail']),
  expected: z.string(),
  seen: z.string(),
  entry: z.number().int().min(0).optional(),
  readings: texts.optional(),
})
const result = z.object({
  scenario: z.string(),
  purpose: z.string(),
  verdict,
  reason: z.string().optional(),
  findings: z.array(finding),
  impairment: z.string().optional(),
  duration: z.number(),
})
const comparison = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('as-expected'),
    deviation: z.object({ verdict, requirements: texts, reason: z.string() }).optional(),
  }),
  z.object({ kind: z.literal('unexpected'), expected: z.string(), seen: z.string() }),
  z.object({ kind: z.literal('no-baseline') }),
])
const rates = z.record(z.string(), z.number())
const clock = z.enum(['real', 'accelerated', 'virtual'])
const event = z.discriminatedUnion('kind', [
  z.object({
    at: z.number(),
    kind: z.literal('run-started'),
    format: z.literal(1),
    run: z.string(),
    harness: z.string(),
    node: z.string(),
    seed: z.number(),
    impairment: z.object({ send: rates.optional(), receive: rates.optional() }).optional(),
    clock,
    lanes: z.number(),
    arguments: texts,
  }),
  z.object({ at: z.number(), kind: z.literal('notice'), text: z.string() }),
  z.object({
    at: z.number(),
    kind: z.literal('implementation-started'),
    implementation: z.string(),
    title: z.string(),
    pics: picsSchema,
    provenance,
    planned: texts,
  }),
  z.object({
    at: z.number(),
    kind: z.literal('scenario-started'),
    implementation: z.string(),
    scenario: z.string(),
    lane: z.number(),
  }),
  z.object({
    at: z.number(),
    kind: z.literal('scenario-finished'),
    implementation: z.string(),
    lane: z.number(),
    result,
    comparison,
    clock: clock.optional(),
    speed: z.number().optional(),
    files: z.object({ trace: z.string(), pcapng: z.string(), log: z.string().optional() }).optional(),
    frames: z.record(z.string(), z.number()).optional(),
    counts: z.object({ messages: z.number(), gre: z.number() }).optional(),
  }),
  z.object({
    at: z.number(),
    kind: z.literal('implementation-finished'),
    implementation: z.string(),
    stale: z.array(z.object({ scenario: z.string(), detail: z.string() })),
  }),
  z.object({
    at: z.number(),
    kind: z.literal('run-finished'),
    exitCode: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]),
    reasons: texts,
    interrupted: z.string().optional(),
  }),
])

/**
 * Reads a run's events.ndjson. A last line cut short, as a killed run leaves it, is left out.
 * @throws UsageError when the file cannot be read, or a line is not an event; the message names the line.
 */
export function readEvents(file: string): readonly RunEvent[] {
  const remedy = 'Name a results directory that pptpspec run has written'
  return parseEvents(readNamedText(file, { remedy }), file)
}

/**
 * The same from text.
 * @param source what to call the text in messages.
 */
export function parseEvents(text: string, source: string): readonly RunEvent[] {
  const lines = text.split('\n')
  const events: RunEvent[] = []
  for (const [at, line] of lines.entries()) {
    if (line.trim() === '') continue
    let value: unknown
    try {
      value = JSON.parse(line)
    } catch (error) {
      // Each event ends with a newline: only the very end of the file can be half an event.
      if (at === lines.length - 1) break
      throw notAnEvent(source, at, 'it is not JSON', { cause: error })
    }
    const parsed = event.safeParse(value)
    if (!parsed.success) {
      const [issue] = parsed.error.issues
      throw notAnEvent(source, at, `${issue?.path.join('.') || 'the line'}: ${issue?.message ?? 'not valid'}`)
    }
    // The value itself, so that what a later version adds passes through.
    events.push(value as RunEvent)
  }
  return events
}

function notAnEvent(source: string, line: number, why: string, options?: ErrorOptions): UsageError {
  return new UsageError(
    `${source}, line ${line + 1}, is not an event: ${printable(why)}`,
    'Give the events.ndjson of a run of this version, unchanged',
    options,
  )
}
