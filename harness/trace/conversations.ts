import { getHeapStatistics } from 'node:v8'
import type { Side, Trace, TraceEntry } from './trace.ts'

/** Collects the conversations of a capture while it is read. */

/** All PPTP traffic between two addresses in a capture. */
export interface CapturedConversation {
  /**
   * In this trace, `tester` means the side that opened the first TCP connection, or sends to port
   * 1723 if the capture began later; `iut` means the other side.
   */
  readonly trace: Trace
  readonly tester: string
  readonly iut: string
  /** The frame of each trace entry, counted from 1. */
  readonly frames: readonly number[]
}

/**
 * The most steps that fit into the memory of this process: a GRE packet with its step and its entry
 * takes some 700 octets. Node sets the limit from the machine's memory; `--max-old-space-size`
 * raises it.
 */
export const MOST_STEPS = Math.floor(getHeapStatistics().heap_size_limit / 800)

/**
 * A step of a conversation, by address; it becomes a trace entry once it is known which address is
 * the tester.
 */
export interface Step {
  readonly frame: number
  readonly time: number
  /** Makes the whole entry at once: a capture may have millions. */
  readonly make: (sideOf: (address: string) => Side, place: EntryPlace) => TraceEntry
  /** Whether the step is left out: for example a gap that a later segment filled. */
  dropped?: boolean
}

/** Where an entry stands in its trace. */
export type EntryPlace = Pick<TraceEntry, 'index' | 'at'>

/** Two addresses, and the traffic between them. */
export interface Pair {
  readonly addresses: readonly [string, string]
  readonly steps: Step[]
  /** The number of TCP connections to port 1723. */
  connections: number
  /** Whether any of these connections got an answer. */
  answered: boolean
  /** Whether any GRE packet between them is of the kind that PPTP uses. */
  tunnel: boolean
  /** Addresses that have sent GRE packets of PPTP's kind. */
  readonly genuine: Set<string>
  /** GRE packets of other tunnels, with the name of the protocol inside. */
  readonly others: { readonly source: string; readonly step: Step; readonly name: string }[]
  originator: string | undefined
}

/** The conversations found so far. */
export interface Conversations {
  readonly pairs: Map<string, Pair>
  /** The number of frames left out, by reason. */
  readonly ignored: Map<string, number>
  /** The number of steps of all pairs together. */
  steps: number
  /** The time of the current frame, in ms since 1970. */
  time: number
}

/** Creates an empty set of conversations. */
export function createConversations(): Conversations {
  return { pairs: new Map(), ignored: new Map(), steps: 0, time: 0 }
}

/** Counts a frame that is left out. */
export function ignore({ ignored }: Conversations, what: string): void {
  ignored.set(what, (ignored.get(what) ?? 0) + 1)
}

/** Returns the pair of two addresses, in either order. */
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

/** Adds a step to a pair; returns undefined when no more steps fit into memory. */
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

/** Whether a step did not fit into memory. */
export function isFull({ steps }: Conversations): boolean {
  return steps > MOST_STEPS
}

/** Returns the conversations of pairs that use PPTP, in the order in which they began. */
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
    // Frames of several interfaces may be out of order; the time of a trace never decreases.
    at = Math.max(at, time - startedAt)
    frames.push(frame)
    entries.push(make(sideOf, { index: entries.length, at }))
  }
  return { trace: { startedAt, entries, captured: true }, tester, iut, frames }
}
