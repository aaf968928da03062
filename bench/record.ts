import { z } from 'zod'

/**
 * What one run of the benchmarks measured, as its JSON file holds it. Types follow from the schema.
 */

const amount = z.number().nonnegative()

const row = z.object({
  /** `<bench>/<what>`; earlier runs are compared by it. */
  name: z.string().min(1),
  /** What is measured, and against what. */
  subject: z.string(),
  yardstick: z.string(),
  /** Of both: less is better. */
  unit: z.string(),
  /** One value for each round, in the order in which they were measured. */
  ours: z.array(amount).min(1),
  theirs: z.array(amount.positive()).min(1),
  /** The largest ratio that is wanted; absent where none is set. */
  wanted: z.number().positive().optional(),
})

const point = z.object({
  size: z.number().int().positive(),
  seconds: amount,
  /** Peak memory of the process, in MiB. */
  memory: amount,
  /** Where less was done than was asked for: how much. */
  done: z.number().int().nonnegative().optional(),
})

const series = z.object({
  name: z.string().min(1),
  subject: z.string(),
  /** What sizes count. */
  noun: z.string(),
  points: z.array(point).min(1),
})

const left = z.object({ name: z.string(), why: z.string() })

const machine = z.object({
  processor: z.string(),
  processors: z.number(),
  memory: z.number(),
  node: z.string(),
})

export const recordSchema = z.object({
  /** Of this format. */
  format: z.literal(1),
  /** When it was measured: ISO 8601. */
  at: z.string(),
  machine,
  rows: z.array(row),
  series: z.array(series),
  /** What was asked for and not measured, and why. */
  left: z.array(left),
})

export type Row = z.infer<typeof row>
export type Point = z.infer<typeof point>
export type Series = z.infer<typeof series>
export type Left = z.infer<typeof left>
export type BenchRecord = z.infer<typeof recordSchema>
