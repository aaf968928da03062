import { attempt, type Unfinished } from '../scenario/judge.ts'
import type { Figure, Finding, ScenarioResult, Verdict, WatchedFinding } from '../scenario/verdict.ts'
import type { Trace } from '../trace/trace.ts'
import { factsOf, type HopConversation, type HopFacts } from './hop-facts.ts'
import type { InteropJudgement } from './interop-case.ts'
import type { Watcher } from './watcher.ts'

/** What came of a case. */
export interface InteropOutcome {
  readonly result: ScenarioResult
  /**
   * What monitors found about either end, each beside that end; their ids begin with `client:` or
   * `server:`.
   */
  readonly watched: readonly WatchedFinding[]
  /** What passed at each hop, from the client to the server. */
  readonly hops: readonly HopFacts[]
  /** The conversation beside the client; without an entry where there was none. */
  readonly trace: Trace
  /** Frame of the capture beside the client, by trace entry. */
  readonly frames: readonly number[]
  /** What either end logged meanwhile, each line with its time in s and whose it is. */
  readonly log: readonly string[]
}

/** What is written down while a case is played. */
export interface CaseRecord {
  /** ms since the epoch. */
  readonly began: number
  readonly findings: Finding[]
  readonly figures: Figure[]
  /** What the harness says, each line with its time in s. */
  readonly notes: string[]
}

/** An empty record of a case that begins now. */
export function beginRecord(): CaseRecord {
  return { began: Date.now(), findings: [], figures: [], notes: [] }
}

/** Writes down something that the harness says. */
export function addNote({ began, notes }: CaseRecord, text: string): void {
  notes.push(logLine(began, Date.now(), 'harness', text))
}

/** A line of a case's log: s since the case began, who says it, and what. */
export function logLine(began: number, at: number, who: string, text: string): string {
  return `${((at - began) / 1_000).toFixed(3)} ${who}: ${text}`
}

/** The finding that a judgement makes, with `whenBroken` as its verdict where it is not kept. */
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

/** What one kind of cases does otherwise than another. */
export interface CaseParts<S> {
  readonly watchers: readonly Watcher[]
  /** Brings everything to where the case begins. What passes meanwhile is forgotten. */
  prepare(): Promise<unknown>
  play(): Promise<void>
  /** Ends what the case has left. */
  end(): Promise<unknown>
  /** What is left undone where a capture lacks frames: `the legs are not compared`. */
  readonly withoutFrames: string
  /** Reads what passed at each hop. */
  read(hops: readonly HopFacts[]): S
}

/** What a case has left behind. */
export interface Played<S> {
  /** Empty where nobody could look. */
  readonly hops: readonly HopFacts[]
  /** What `read` of the parts returned; undefined where nobody could look. */
  readonly reading: S | undefined
  /** The first thing that went wrong; undefined where nothing did. */
  readonly failure: Unfinished | undefined
}

/**
 * Plays the parts of a case in turn: each of play, end and look is tried, whatever became of those
 * before it. Never throws.
 */
export async function playParts<S>(parts: CaseParts<S>, record: CaseRecord): Promise<Played<S>> {
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

/** What has passed each hop so far. What is missing in a capture is not counted. */
export async function lookAt(watchers: readonly Watcher[]): Promise<readonly HopFacts[]> {
  await Promise.all(watchers.map((watcher) => watcher.mark()))
  return watchers.map((watcher) => factsOf(watcher.hop, watcher.capture()))
}

async function lookAtAll(watchers: readonly Watcher[]): Promise<readonly HopFacts[]> {
  const hops = await lookAt(watchers)
  // Last of all: a watcher counts from the last time that it was asked.
  const missed = await Promise.all(watchers.map((watcher) => watcher.missed()))
  return hops.map((facts, at) => ({ ...facts, missed: missed[at] ?? 0 }))
}

/** Puts together what came of a case. */
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
