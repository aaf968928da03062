import type { Left, Row, Series } from './record.ts'

/** How benchmarks are measured. */
export interface BenchOptions {
  readonly rounds: number
  /** Tells a person what is being measured. */
  readonly progress: (text: string) => void
}

/** The results of a benchmark. */
export interface Measured {
  readonly rows?: readonly Row[]
  readonly series?: readonly Series[]
  readonly left?: readonly Left[]
}

/** One benchmark, known by its name. */
export interface Bench {
  readonly name: string
  /** One line for `--help`. */
  readonly about: string
  /** Whether it takes minutes: then it is measured only when it is named. */
  readonly long?: boolean
  readonly measure: (options: BenchOptions) => Promise<Measured>
}
