import type { Provenance } from '../implementations/implementation.ts'
import type { PathImpairment } from '../network/impaired.ts'
import type { Pics } from '../scenario/profile.ts'
import type { ScenarioResult, Verdict } from '../scenario/verdict.ts'

/** A committed expectation that differs from `pass`: results/baselines/<implementation>.yaml. */
export interface Deviation {
  readonly verdict: Verdict
  /** Requirement ids whose findings are not `pass`. */
  readonly requirements: readonly string[]
  /** Why this is so: from behaviour or source of the implementation. */
  readonly reason: string
}

/** How a result compares with the baseline. */
export type Comparison =
  | { readonly kind: 'as-expected'; readonly deviation?: Deviation }
  /** No baseline entry explains this verdict. */
  | { readonly kind: 'unexpected'; readonly expected: string; readonly seen: string }
  /** The run had no baseline. */
  | { readonly kind: 'no-baseline' }

/** `accelerated`: the implementation's clock runs faster than ours; `virtual`: nobody's clock is real. */
export type Clock = 'real' | 'accelerated' | 'virtual'

/** Files of one scenario, relative to the output directory. */
export interface ScenarioFiles {
  readonly trace: string
  readonly pcapng: string
  readonly log?: string
}

/**
 * The one stream that everything else is made from: appended to events.ndjson as it happens, one JSON object a line, read again by
 * reporters. `at` is ms since 1970.
 */
export type RunEvent = { readonly at: number } & (
  | {
      readonly kind: 'run-started'
      /** Of this format. */
      readonly format: 1
      readonly run: string
      readonly harness: string
      readonly node: string
      readonly seed: number
      /** What was done to GRE in every case that asks for nothing else; absent where nothing was. */
      readonly impairment?: PathImpairment
      /** `accelerated`: for timed scenarios, where the implementation's clock can be. */
      readonly clock: Clock
      readonly lanes: number
      readonly arguments: readonly string[]
    }
  /** Anything a person may want to know that is no verdict. */
  | { readonly kind: 'notice'; readonly text: string }
  | {
      readonly kind: 'implementation-started'
      readonly implementation: string
      readonly title: string
      readonly pics: Pics
      readonly provenance: Provenance
      readonly planned: readonly string[]
    }
  | {
      readonly kind: 'scenario-started'
      readonly implementation: string
      readonly scenario: string
      readonly lane: number
    }
  | {
      readonly kind: 'scenario-finished'
      readonly implementation: string
      readonly lane: number
      readonly result: ScenarioResult
      readonly comparison: Comparison
      /** The clock that the implementation had, and how many seconds of its time passed in one of ours. Absent where nothing was played. */
      readonly clock?: Clock
      readonly speed?: number
      readonly files?: ScenarioFiles
      /** Frames in the pcapng, by trace entry index (as text): the first frame that shows the entry, counted from 1. */
      readonly frames?: Readonly<Record<string, number>>
      /** PPTP messages and GRE packets in the trace, both directions. */
      readonly counts?: { readonly messages: number; readonly gre: number }
    }
  | {
      readonly kind: 'implementation-finished'
      readonly implementation: string
      /** Baseline entries that no result of this run matched. */
      readonly stale: readonly { readonly scenario: string; readonly detail: string }[]
    }
  | {
      readonly kind: 'run-finished'
      readonly exitCode: 0 | 1 | 2 | 3
      /** Why not 0, one line each. */
      readonly reasons: readonly string[]
      readonly interrupted?: string
    }
)
