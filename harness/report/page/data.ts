import type { Verdict } from '../../scenario/verdict.ts'
import type { TraceEntry } from '../../trace/trace.ts'
import type { CauseRow } from '../causes.ts'

/** What the page of a run knows. `report-page/` shows it; `overview.ts` makes it. */

/** The run as a whole. */
export interface PageRun {
  readonly id: string
  readonly harness: string
  readonly startedAt: string
  readonly finishedAt: string
  readonly seed: string
  readonly clock: string
  readonly command: string
  readonly exitCode: number | undefined
  /** The overall result in one line. */
  readonly overall: string
  /** Whether the reference stood in for implementations that could not be tested. */
  readonly isDemonstration: boolean
  /** Why the exit code is not 0. */
  readonly reasons: readonly string[]
  /** Why results are missing; undefined for a complete run. */
  readonly incomplete: string | undefined
  readonly notices: readonly string[]
}

export interface PageImplementation {
  readonly name: string
  readonly title: string
  readonly versions: readonly string[]
  readonly counts: Readonly<Record<Verdict, number>>
  readonly hasBaseline: boolean
  /** Its deviations, the worst first. */
  readonly causes: readonly PageCause[]
  readonly diagnoses: readonly { readonly text: string; readonly remedies: readonly string[] }[]
  readonly stale: readonly string[]
  /** The number of planned cases without a result. */
  readonly missing: number
}

/** A row of `causesIn`, with a place to open in the page. */
export interface PageCause
  extends Pick<
    CauseRow,
    'state' | 'id' | 'title' | 'owner' | 'effect' | 'reason' | 'verdict' | 'requirements' | 'seen'
  > {
  /** Ids of the cases whose scenarios find it, and monitors that find it. */
  readonly cases: readonly string[]
  readonly monitors: readonly string[]
  /** The case to open, and the trace entry that shows it there. */
  readonly example: { readonly case: number; readonly entry: number | undefined } | undefined
}

/** How one topic went for one implementation. */
export interface PageSuite {
  readonly topic: string
  readonly counts: readonly Readonly<Record<Verdict, number>>[]
}

export interface PageRequirement {
  readonly id: string
  readonly document: string
  readonly section: string
  readonly page: number
  readonly level: string
  readonly binds: readonly string[]
  readonly roles: readonly string[]
  readonly text: string
  readonly reading: string | undefined
  /** For each implementation: what was found; undefined where nothing was. */
  readonly cells: readonly (PageCell | undefined)[]
}

export interface PageCell {
  readonly verdict: 'pass' | 'warn' | 'fail'
  /** How many cases kept and broke the requirement. */
  readonly kept: number
  readonly broken: number
  /** Indexes of some cases that broke it. */
  readonly cases: readonly number[]
}

export interface PageReading {
  readonly title: string
  readonly taken: string
  readonly why: string
}

export interface PageFinding {
  readonly requirement: string
  readonly verdict: 'pass' | 'warn' | 'fail'
  readonly expected: string
  readonly seen: string
  readonly entry: number | undefined
  readonly readings: readonly string[]
  /** The monitor that found it; undefined where the scenario did. */
  readonly monitor: string | undefined
}

/**
 * Where the trace of a case is. `embedded`: in the page; `kept`: in a file of the results;
 * `left-out`: in a file, because the page has no room; `unreadable`: the file is damaged or gone;
 * `none`: nothing was recorded.
 */
export type TracePlace = 'embedded' | 'kept' | 'left-out' | 'unreadable' | 'none'

export interface PageCase {
  /** Index of the implementation. */
  readonly implementation: number
  readonly id: string
  /** The round, in a run with several. */
  readonly round: number | undefined
  readonly topic: string
  readonly verdict: Verdict
  readonly isUnexpected: boolean
  readonly purpose: string
  readonly reason: string | undefined
  readonly findings: readonly PageFinding[]
  /** How the result compares with the baseline, in words. */
  readonly comparison: string
  readonly duration: number
  readonly impairment: string | undefined
  readonly figures: readonly string[]
  /** Paths of its files, relative to the page. */
  readonly files: { readonly pcapng?: string; readonly log?: string; readonly trace?: string }
  readonly trace: TracePlace
  /** The command that plays this case again, and the one that shows its trace. */
  readonly command: string
  readonly show: string
}

export interface PageData {
  readonly run: PageRun
  readonly implementations: readonly PageImplementation[]
  readonly suites: readonly PageSuite[]
  readonly requirements: readonly PageRequirement[]
  readonly readings: Readonly<Record<string, PageReading>>
  readonly cases: readonly PageCase[]
}

/** A line of the log of an implementation. */
export interface LogLine {
  /** ms since the trace began; undefined where the line has no time. */
  readonly at: number | undefined
  readonly text: string
}

/** A trace entry with its octets as hexadecimal text. */
export type PlainEntry = TraceEntry extends infer E
  ? E extends { readonly octets: Uint8Array }
    ? Omit<E, 'octets'> & { readonly octets: string }
    : E
  : never

/** What the page holds of the conversation of one case. */
export interface PageTrace {
  readonly startedAt: number
  readonly entries: readonly PlainEntry[]
  readonly log: readonly LogLine[]
}
