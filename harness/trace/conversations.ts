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
  /** Whether `dropped` may still change: no later step is told before. */
  undecided?: boolean
  /** Whether it was told to the pair's sink. */
  told?: boolean
}

/** Takes the entries of one conversation as they are read. */
export interface ConversationSink {
  /** Takes the next entry, and the frame that shows it. */
  take(entry: TraceEntry, frame: number): void
  /** The conversation has ended. @param startedAt ms since 1970. */
  end(startedAt: number): void
}

/** What a first reading of a capture finds out about the traffic between two addresses. */
export interface PairFacts {
  /** The addresses, in the order in which they appear. */
  readonly addresses: readonly [string, string]
  /** The end that opened the first TCP connection; undefined when no connection was seen. */
  readonly originator: string | undefined
  /** Whether it is a PPTP conversation. */
  readonly isPptp: boolean
  /** Addresses that have sent GRE packets of PPTP's kind. */
  readonly genuine: ReadonlySet<string>
  /** How many frames were read up to its last one. */
  readonly last: number
}

/**
 * How conversations are collected. `all`: steps are kept to the end. `survey`: only what
 * `PairFacts` holds is found out. `follow`: entries are told to a sink as they are read.
 */
export type Collecting =
  | { readonly kind: 'all' | 'survey' }
  | {
      readonly kind: 'follow'
      readonly known: ReadonlyMap<string, PairFacts>
      /** Called at the first packet of a conversation. */
      readonly begin: (facts: PairFacts) => ConversationSink
    }

/** Where an entry stands in its trace. */
export type EntryPlace = Pick<TraceEntry, 'index' | 'at'>

/** Two addresses, and the traffic between them. */
export interface Pair {
  readonly addresses: readonly [string, string]
  /** Steps that are not told to the sink yet. */
  steps: Step[]
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
  /** How many frames were read up to its latest one. */
  last: number
  /** Gets its entries; undefined when they are kept, or when nobody needs them. */
  sink: ConversationSink | undefined
  /** The number of entries told, the date of the first, and the time of the latest. */
  told: number
  startedAt: number
  at: number
}

/** The conversations found so far. */
export interface Conversations {
  readonly pairs: Map<string, Pair>
  /** The number of frames left out, by reason. */
  readonly ignored: Map<string, number>
  /** The number of steps of all pairs together that are kept. */
  steps: number
  /** The time of the current frame, in ms since 1970, and how many frames were read up to it. */
  time: number
  frames: number
  readonly collecting: Collecting
  /** The pair that got a step since `tellNew` was called. */
  touched: Pair | undefined
  /** The latest result of `pairOf`, for speed. */
  latest: { readonly a: string; readonly b: string; readonly pair: Pair } | undefined
}

/**
 * The most pairs of addresses that are followed, because a capture may come from a hostile network.
 */
const MOST_PAIRS = 200_000
/**
 * The most steps that wait, of one pair and of all, until it is known whether missing octets still
 * come.
 */
const MOST_WAITING = 20_000
const MOST_WAITING_OF_ALL = 200_000

/** Creates an empty set of conversations. */
export function createConversations(collecting: Collecting = { kind: 'all' }): Conversations {
  return {
    pairs: new Map(),
    ignored: new Map(),
    steps: 0,
    time: 0,
    frames: 0,
    collecting,
    touched: undefined,
    latest: undefined,
  }
}

/** Counts a frame that is left out. */
export function ignore({ ignored }: Conversations, what: string): void {
  ignored.set(what, (ignored.get(what) ?? 0) + 1)
}

/** The name of two addresses, the same in either order. */
export function pairKey(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`
}

/**
 * Returns the pair of two addresses, in either order. Undefined, and counted, when there are too
 * many pairs.
 */
export function pairOf(conversations: Conversations, a: string, b: string): Pair | undefined {
  const { pairs, collecting, latest } = conversations
  if (latest?.a === a && latest.b === b) {
    latest.pair.last = conversations.frames
    return latest.pair
  }
  const key = pairKey(a, b)
  let pair = pairs.get(key)
  if (pair === undefined) {
    const known = collecting.kind === 'follow' ? collecting.known.get(key) : undefined
    if (pairs.size >= MOST_PAIRS || (collecting.kind === 'follow' && known === undefined)) {
      ignore(conversations, `of pairs of addresses beyond the first ${MOST_PAIRS.toLocaleString('en')}`)
      return undefined
    }
    pair = {
      addresses: known?.addresses ?? [a, b],
      steps: [],
      connections: 0,
      answered: false,
      tunnel: false,
      genuine: new Set(),
      others: [],
      originator: known?.originator,
      last: 0,
      sink: known?.isPptp && collecting.kind === 'follow' ? collecting.begin(known) : undefined,
      told: 0,
      startedAt: 0,
      at: 0,
    }
    pairs.set(key, pair)
  }
  pair.last = conversations.frames
  conversations.latest = { a, b, pair }
  return pair
}

/** Adds a step to a pair; returns undefined when it is not kept. */
export function addStep(
  conversations: Conversations,
  pair: Pair,
  frame: number,
  make: Step['make'],
): Step | undefined {
  const { collecting, time } = conversations
  if (collecting.kind === 'survey' || (collecting.kind === 'follow' && pair.sink === undefined))
    return undefined
  if (collecting.kind === 'all' && conversations.steps >= MOST_STEPS) {
    conversations.steps = MOST_STEPS + 1
    return undefined
  }
  conversations.steps++
  const step: Step = { frame, time, make }
  pair.steps.push(step)
  conversations.touched = pair
  return step
}

/** Tells the sink of the pair that got steps last those that nothing can change any more. */
export function tellNew(conversations: Conversations): void {
  const { touched, collecting } = conversations
  if (touched === undefined || collecting.kind !== 'follow') return
  conversations.touched = undefined
  tell(conversations, touched, false)
}

/**
 * Tells the sink of a pair the steps that nothing can change any more. @param all true: the
 * conversation has ended, so this is every step.
 */
function tell(conversations: Conversations, pair: Pair, all: boolean): void {
  const { steps, sink } = pair
  if (sink === undefined) return
  const full = steps.length > MOST_WAITING || conversations.steps > MOST_WAITING_OF_ALL
  const tester = pair.originator ?? pair.addresses[0]
  const sideOf = (address: string): Side => (address === tester ? 'tester' : 'iut')
  let done = 0
  for (const step of steps) {
    if (step.undecided === true && !all && !full) break
    done++
    step.told = true
    if (step.dropped === true) continue
    if (pair.told === 0) pair.startedAt = step.time
    pair.at = Math.max(pair.at, step.time - pair.startedAt)
    sink.take(step.make(sideOf, { index: pair.told++, at: pair.at }), step.frame)
  }
  conversations.steps -= done
  if (done === steps.length) pair.steps.length = 0
  else if (done > 0) pair.steps = steps.slice(done)
}

/** Ends the conversation of a pair: tells its sink what is left. */
export function endPair(conversations: Conversations, pair: Pair): void {
  tell(conversations, pair, true)
  pair.sink?.end(pair.startedAt)
  pair.sink = undefined
}

/** Whether a step did not fit into memory. */
export function isFull({ steps, collecting }: Conversations): boolean {
  return collecting.kind === 'all' && steps > MOST_STEPS
}

/** Returns what is known of each pair, by its key. */
export function factsOf({ pairs }: Conversations): ReadonlyMap<string, PairFacts> {
  const facts = new Map<string, PairFacts>()
  for (const [key, { addresses, originator, answered, tunnel, genuine, last }] of pairs)
    facts.set(key, { addresses, originator, isPptp: answered || tunnel, genuine, last })
  return facts
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
