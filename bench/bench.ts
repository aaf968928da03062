import type { Left, Row, Series } from './record.ts'

/** How benchmarks are measured. */
export interface BenchOptions {
  readonly rounds: number
  /** Tells a person what is being measured. */
  readonly progress: (text: string) => void
}

/** What a benchmark came to. */
export interface Measured {
  readonly rows?: readonly Row[]
  readonly series?: readonly Series[]
  readonly left?: readonly Left[]
}

/** One benchmark, which a person asks for by name. */
export interface Bench {
  readonly name: string
  /** One line for `--help`. */
  readonly about: string
  /** Takes minutes: measured only where it is named. */
  readonly long?: boolean
  readonly measure: (options: BenchOptions) => Promise<Measured>
}
