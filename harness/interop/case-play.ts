import { attempt, type Unfinished } from '../scenario/judge.ts'
import type { Figure, Finding, ScenarioResult, Verdict, WatchedFinding } from '../scenario/verdict.ts'
import type { Trace } from '../trace/trace.ts'
import { factsOf, type HopConversation, type HopFacts } from './hop-facts.ts'
import type { InteropJudgement } from './interop-case.ts'
import type { Watcher } from './watcher.ts'

/** The outcome of a case. */
export interface InteropOutcome {
  readonly result: ScenarioResult
  /**
   * Findings of monitors about either end, from the capture beside that end; their ids begin with
   * `client:` or `server:`.
   */
  readonly watched: readonly WatchedFinding[]
  /** The capture of each hop, from the client to the server. */
  readonly hops: readonly HopFacts[]
  /** The conversation captured beside the client; it has no entries when there was none. */
  readonly trace: Trace
  /** The frame number in the capture beside the client, by index of the trace entry. */
  readonly frames: readonly number[]
  /** Log lines of the case, each with s since the case began and with its origin. */
  readonly log: readonly string[]
}

/** The findings, figures and notes of a case that is being played. */
export interface CaseRecord {
  /** When the case began: ms since 1970. */
  readonly began: number
  readonly findings: Finding[]
  readonly figures: Figure[]
  /** Log lines of the harness, each with s since the case began. */
  readonly notes: string[]
}

/** Creates an empty record of a case that begins now. */
export function beginRecord(): CaseRecord {
  return { began: Date.now(), findings: [], figures: [], notes: [] }
}

/** Adds a line of the harness to the log of the case. */
export function addNote({ began, notes }: CaseRecord, text: string): void {
  notes.push(logLine(began, Date.now(), 'harness', text))
}

/**
 * Formats a line of a case's log: s since the case began, its origin, and its text.
 * @param began when the case began; `at`, the time of the line: both in ms since 1970.
 */
export function logLine(began: number, at: number, who: string, text: string): string {
  return `${((at - began) / 1_000).toFixed(3)} ${who}: ${text}`
}

/** Makes a finding: its verdict is pass, or `whenBroken` if the judgement is not ok. */
export function findingOf(
  requirement: string,
  { ok, expected, seen, entry }: InteropJudgement,
  whenBroken: 'warn' | 'fail',
): Finding {
  return {
    requirement,
    verdict: ok ? 'pass' : whenBroken,
    expected,
    seen,
    ...(entry === undefined ? {} : { entry }),
  }
}

/** The parts of a case that differ between pairs and middleboxes. */
export interface CaseParts<S> {
  readonly watchers: readonly Watcher[]
  /** Prepares everything for the case. Packets that pass before it resolves are not captured. */
  prepare(): Promise<unknown>
  play(): Promise<void>
  /** Ends the calls that the case has left. */
  end(): Promise<unknown>
  /** The consequence of missing frames, for the log: `the legs are not compared`. */
  readonly withoutFrames: string
  /** Reads the captures of all hops. */
  read(hops: readonly HopFacts[]): S
}

/** The results of a case's parts. */
export interface PlayedParts<S> {
  /** Empty when the captures could not be read. */
  readonly hops: readonly HopFacts[]
  /** The result of `read`; undefined when the captures could not be read. */
  readonly reading: S | undefined
  /** The first error; undefined when there was none. */
  readonly failure: Unfinished | undefined
}

/**
 * Plays a case, ends its calls and reads its captures; each of these is tried even if the one
 * before failed. Never throws.
 */
export async function playParts<S>(parts: CaseParts<S>, record: CaseRecord): Promise<PlayedParts<S>> {
  const { watchers } = parts
  const playing = await attempt(async () => {
    await parts.prepare()
    await Promise.all(watchers.map((watcher) => watcher.mark()))
    for (const watcher of watchers) watcher.reset()
    await parts.play()
  })
  const ending = await attempt(async () => void (await parts.end()))
  let hops: readonly HopFacts[] = []
  let reading: S | undefined
  const looking = await attempt(async () => {
    const found = await lookAtAll(watchers)
    for (const { hop, missed } of found)
      if (missed > 0)
        addNote(record, `${missed} frames are missing in the capture at ${hop}: ${parts.withoutFrames}`)
    reading = parts.read(found)
    hops = found
  })
  return { hops, reading, failure: playing ?? ending ?? looking }
}

/** Returns the capture of each hop so far; frames that it lacks are not counted. */
export async function lookAt(watchers: readonly Watcher[]): Promise<readonly HopFacts[]> {
  await Promise.all(watchers.map((watcher) => watcher.mark()))
  return watchers.map((watcher) => factsOf(watcher.hop, watcher.capture()))
}

async function lookAtAll(watchers: readonly Watcher[]): Promise<readonly HopFacts[]> {
  const hops = await lookAt(watchers)
  // Asked once a case: a watcher counts the frames since it was last asked.
  const missed = await Promise.all(watchers.map((watcher) => watcher.missed()))
  return hops.map((facts, at) => ({ ...facts, missed: missed[at] ?? 0 }))
}

/** Makes the outcome of a case. */
export function outcomeOf(
  { id, purpose }: { readonly id: string; readonly purpose: string },
  { began, findings, figures }: CaseRecord,
  { verdict, reason }: { readonly verdict: Verdict; readonly reason: string | undefined },
  near: HopConversation | undefined,
  rest: Pick<InteropOutcome, 'watched' | 'hops' | 'log'>,
): InteropOutcome {
  return {
    result: {
      scenario: id,
      purpose,
      verdict,
      ...(reason === undefined ? {} : { reason }),
      findings,
      ...(figures.length === 0 ? {} : { figures }),
      duration: Date.now() - began,
    },
    ...rest,
    trace: near?.trace ?? { startedAt: began, entries: [] },
    frames: near?.frames ?? [],
  }
}
