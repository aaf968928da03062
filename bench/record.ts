import { z } from 'zod'

/**
 * The results of one run of the benchmarks, as its JSON file holds them. Types follow from the
 * schema.
 */

const amount = z.number().nonnegative()

const row = z.object({
  /** `<bench>/<what>`: rows of different runs with the same name are compared. */
  name: z.string().min(1),
  /** What is measured; `yardstick` is what it is compared with. */
  subject: z.string(),
  yardstick: z.string(),
  /** The unit of `ours` and `theirs`, such that less is better. */
  unit: z.string(),
  /** One value for each round, in the order of measurement. */
  ours: z.array(amount).min(1),
  theirs: z.array(amount.positive()).min(1),
  /** The largest acceptable ratio; absent when there is no such limit. */
  wanted: z.number().positive().optional(),
})

const point = z.object({
  size: z.number().int().positive(),
  seconds: amount,
  /** Peak memory of the process, in MiB. */
  memory: amount,
  /** How much was done, if less than `size`. */
  done: z.number().int().nonnegative().optional(),
})

const series = z.object({
  name: z.string().min(1),
  subject: z.string(),
  /** The noun of the units that `size` counts: for example, packets. */
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
  /** The version of this format. */
  format: z.literal(1),
  /** The time of the measurement, in ISO 8601. */
  at: z.string(),
  machine,
  rows: z.array(row),
  series: z.array(series),
  /** Requested benchmarks that were not measured, and why. */
  left: z.array(left),
})

export type Row = z.infer<typeof row>
export type Point = z.infer<typeof point>
export type Series = z.infer<typeof series>
export type Left = z.infer<typeof left>
export type BenchRecord = z.infer<typeof recordSchema>
