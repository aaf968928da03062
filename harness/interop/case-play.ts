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
  /** The conversation beside the client; without an entry where there was none. */
  readonly trace: Trace
  /** Frame of the capture beside the client, by trace entry. */
  readonly frames: readonly number[]
  /** Lines that either end logged during the case, each with its time in s and its end. */
  readonly log: readonly string[]
}

/** The notes of a case while it is played. */
export interface CaseRecord {
  /** ms since the epoch. */
  readonly began: number
  readonly findings: Finding[]
  readonly figures: Figure[]
  /** Lines of the harness, each with its time in s. */
  readonly notes: string[]
}

/** An empty record of a case that begins now. */
export function beginRecord(): CaseRecord {
  return { began: Date.now(), findings: [], figures: [], notes: [] }
}

/** Adds a line of the harness. */
export function addNote({ began, notes }: CaseRecord, text: string): void {
  notes.push(logLine(began, Date.now(), 'harness', text))
}

/** A line of a case's log: s since the case began, its origin, and its text. */
export function logLine(began: number, at: number, who: string, text: string): string {
  return `${((at - began) / 1_000).toFixed(3)} ${who}: ${text}`
}

/** The finding of a judgement: a pass, or `whenBroken`. */
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

/** The parts in which kinds of cases differ. */
export interface CaseParts<S> {
  readonly watchers: readonly Watcher[]
  /** Prepares everything for the case. Packets that pass before its end are not captured. */
  prepare(): Promise<unknown>
  play(): Promise<void>
  /** Ends the calls that the case has left. */
  end(): Promise<unknown>
  /** The part that is omitted when a capture lacks frames: `the legs are not compared`. */
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
 * Plays the parts of a case in turn: each of play, end and look is tried, even if those before it
 * failed. Never throws.
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

/** The capture of each hop so far, without a count of the frames that are missing. */
export async function lookAt(watchers: readonly Watcher[]): Promise<readonly HopFacts[]> {
  await Promise.all(watchers.map((watcher) => watcher.mark()))
  return watchers.map((watcher) => factsOf(watcher.hop, watcher.capture()))
}

async function lookAtAll(watchers: readonly Watcher[]): Promise<readonly HopFacts[]> {
  const hops = await lookAt(watchers)
  // At the end: a watcher counts from the previous call.
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
