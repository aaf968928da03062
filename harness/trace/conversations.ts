import { getHeapStatistics } from 'node:v8'
import type { Side, Trace, TraceEntry } from './trace.ts'

/** Conversations of a capture, gathered while it is read. */

/** Everything that two addresses said to each other in PPTP, out of a capture. */
export interface CapturedConversation {
  /**
   * `tester` is the side that opened the first TCP connection (or speaks to port 1723, where the
   * capture began later), `iut` the other: words of the trace, which mean nothing more here.
   */
  readonly trace: Trace
  readonly tester: string
  readonly iut: string
  /** By trace entry index: the frame of the capture, counted from 1. */
  readonly frames: readonly number[]
}

/**
 * Steps that fit into the memory of this process: a GRE packet with its step and its entry takes
 * some 700 octets. Node sets the limit by the machine's memory; `--max-old-space-size` raises it.
 */
export const MOST_STEPS = Math.floor(getHeapStatistics().heap_size_limit / 800)

/** A step of a conversation, by address; it becomes a trace entry once it is known who is who. */
export interface Step {
  readonly frame: number
  readonly time: number
  /** Makes the whole entry at once: a capture may have millions. */
  readonly make: (sideOf: (address: string) => Side, place: EntryPlace) => TraceEntry
  /** A hole that was mended. */
  dropped?: boolean
}

/** Where an entry stands in its trace. */
export type EntryPlace = Pick<TraceEntry, 'index' | 'at'>

/** Two addresses, and what they said to each other. */
export interface Pair {
  readonly addresses: readonly [string, string]
  readonly steps: Step[]
  /** TCP connections to port 1723, numbered as they came. */
  connections: number
  /** Whether any of them got an answer. */
  answered: boolean
  /** Whether any GRE packet between them is of the kind that PPTP uses. */
  tunnel: boolean
  /** Who has sent such packets. */
  readonly genuine: Set<string>
  /** GRE packets of what other tunnels carry. */
  readonly others: { readonly source: string; readonly step: Step; readonly name: string }[]
  originator: string | undefined
}

/** What was found so far. */
export interface Conversations {
  readonly pairs: Map<string, Pair>
  /** Frames left out of account, by the reason. */
  readonly ignored: Map<string, number>
  /** Of all pairs together. */
  steps: number
  /** ms since 1970, of the frame that is being read. */
  time: number
}

/** Nothing, as before the first frame. */
export function createConversations(): Conversations {
  return { pairs: new Map(), ignored: new Map(), steps: 0, time: 0 }
}

/** Counts a frame that is left out of account. */
export function ignore({ ignored }: Conversations, what: string): void {
  ignored.set(what, (ignored.get(what) ?? 0) + 1)
}

/** The pair of two addresses, whichever comes first. */
export function pairOf({ pairs }: Conversations, a: string, b: string): Pair {
  const key = a < b ? `${a} ${b}` : `${b} ${a}`
  const known = pairs.get(key)
  if (known !== undefined) return known
  const pair: Pair = {
    addresses: [a, b],
    steps: [],
    connections: 0,
    answered: false,
    tunnel: false,
    genuine: new Set(),
    others: [],
    originator: undefined,
  }
  pairs.set(key, pair)
  return pair
}

/** Adds a step to a pair; undefined where no more fit into memory. */
export function addStep(
  conversations: Conversations,
  pair: Pair,
  frame: number,
  make: Step['make'],
): Step | undefined {
  if (++conversations.steps > MOST_STEPS) return undefined
  const step: Step = { frame, time: conversations.time, make }
  pair.steps.push(step)
  return step
}

/** Whether there was a step that did not fit any more. */
export function isFull({ steps }: Conversations): boolean {
  return steps > MOST_STEPS
}

/** The conversations between pairs that have PPTP, in the order in which they began. */
export function conversationsOf({ pairs }: Conversations): readonly CapturedConversation[] {
  return [...pairs.values()].filter((pair) => pair.answered || pair.tunnel).map(conversationOf)
}

function conversationOf({ addresses, originator, steps }: Pair): CapturedConversation {
  const tester = originator ?? addresses[0]
  const iut = addresses[0] === tester ? addresses[1] : addresses[0]
  const sideOf = (address: string): Side => (address === tester ? 'tester' : 'iut')
  const kept = steps.filter(({ dropped }) => dropped !== true)
  const startedAt = kept[0]?.time ?? 0
  const frames: number[] = []
  const entries: TraceEntry[] = []
  let at = 0
  for (const { frame, time, make } of kept) {
    // Captures of several interfaces may be out of order; a trace's time does not run backwards.
    at = Math.max(at, time - startedAt)
    frames.push(frame)
    entries.push(make(sideOf, { index: entries.length, at }))
  }
  return { trace: { startedAt, entries, captured: true }, tester, iut, frames }
}
