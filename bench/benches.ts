import type { Bench } from './bench.ts'
import { judge } from './judge.ts'
import { lanes } from './lanes.ts'
import { prove, reference } from './processes.ts'
import { scaleCaptures, scaleCases } from './scale.ts'
import { scenario } from './scenario.ts'
import { tunnel } from './tunnel.ts'
import { virtual } from './virtual.ts'

/** All benchmarks, in the order in which they are measured. */
export const BENCHES: readonly Bench[] = [
  tunnel,
  virtual,
  judge,
  scenario,
  reference,
  prove,
  ...lanes,
  scaleCases,
  scaleCaptures,
]
