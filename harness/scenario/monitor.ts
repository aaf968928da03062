import type { DecodedMessage } from '../protocol/control.ts'
import type { GrePacket, UnrecognizedGre } from '../protocol/gre.ts'
import { LARGEST_MESSAGE } from '../protocol/messages.ts'
import { oppositeSide, type ReadTrace, type TraceMessage, type TracePart } from '../trace/messages.ts'
import type { Side, TraceEntry } from '../trace/trace.ts'
import { type CallView, type ConnectionView, followConversation, type TunnelView } from './conversation.ts'
import { createJudge, type Judgement } from './judge.ts'
import type { Catalogue } from './requirement.ts'
import type { WatchedFinding } from './verdict.ts'

/**
 * One control message in its context. `connection` and `call` are as they were before the message
 * took effect.
 */
export interface WatchedMessage {
  readonly message: DecodedMessage
  /** The octets of the message: as many as its Length says. */
  readonly octets: Uint8Array
  readonly entry: TraceEntry
  readonly connection: ConnectionView
  readonly tunnel: TunnelView
  /** The call that the message is about; undefined where its Call ID names no call. */
  readonly call: CallView | undefined
}

/** The place in the subject's octet stream where a message should begin, but does not. */
export interface WatchedLoss {
  readonly cause: 'magic-cookie' | 'length'
  readonly detail: string
  /** The octets from that place on, as far as they have arrived: at least 8. */
  readonly octets: Uint8Array
  readonly entry: TraceEntry
  readonly connection: ConnectionView
}

/** One GRE packet in its context. */
export interface WatchedPacket {
  readonly packet: GrePacket
  readonly entry: TraceEntry
  readonly tunnel: TunnelView
  /**
   * The latest call to which the packet's receiver assigned the Call ID in its key; undefined where
   * there is no such call.
   */
  readonly call: CallView | undefined
  /** How many octets at the end of the packet the capture left out. */
  readonly cut: number
}

/** A GRE packet that is not enhanced GRE (section 4.1). */
export interface WatchedStrangePacket {
  readonly packet: UnrecognizedGre
  readonly entry: TraceEntry
  readonly tunnel: TunnelView
}

/**
 * The functions of a monitor that are called as a trace is read, each for one kind of event. They
 * must not throw, are called without `this`, and must limit what they remember of each call and
 * connection.
 */
export interface MonitorHandlers {
  /** The subject sent a control message. */
  sent?(seen: WatchedMessage): void
  /** The subject's peer sent a control message. */
  heard?(seen: WatchedMessage): void
  /** The subject sent octets that are not a message. */
  lostStep?(seen: WatchedLoss): void
  /** The subject sent an enhanced GRE packet. */
  packetSent?(seen: WatchedPacket): void
  /** The subject's peer sent an enhanced GRE packet. */
  packetHeard?(seen: WatchedPacket): void
  /** The subject sent a GRE packet that is not enhanced GRE. */
  strangePacketSent?(seen: WatchedStrangePacket): void
  /** The subject's peer sent a GRE packet that is not enhanced GRE. */
  strangePacketHeard?(seen: WatchedStrangePacket): void
  /** The trace has ended. */
  end?(): void
}

/** What a monitor gets to judge one trace. */
export interface Watch<R extends string> {
  /** The end that is judged. */
  readonly subject: Side
  readonly peer: Side
  /** Whether the trace was read from a capture, which may lack packets that were sent. */
  readonly captured: boolean
  /**
   * Records that a requirement was kept or broken once. The finding at the end of the trace is
   * about the first violation of the gravest verdict, or says that there was no violation.
   */
  observe(requirement: R, judgement: Judgement): void
}

/** What a monitor declares about itself. */
export interface MonitorMeta<R extends string, M extends string, D extends readonly [R, ...R[]]> {
  readonly id: string
  /** What holds if nothing is wrong, in one sentence. */
  readonly purpose: string
  readonly decides: D
  /** Mutants of the reference, each of which this monitor must kill in at least one scenario. */
  readonly provenBy: readonly [M, ...M[]]
  /** Interpretations that it depends on besides those of its requirements. */
  readonly readings?: readonly string[]
}

/**
 * A monitor: its declaration, and a function that makes its handlers for one trace. Requirements
 * and mutants are plain strings here, so that one list can hold all monitors.
 */
export interface Monitor {
  readonly id: string
  readonly purpose: string
  readonly decides: readonly string[]
  readonly provenBy: readonly string[]
  readonly readings: readonly string[]
  readonly catalogue: Catalogue
  readonly watch: (watch: Watch<string>) => MonitorHandlers
}

/**
 * Returns the `monitor` function for one catalogue and one set of mutants, with which unknown
 * requirements and mutants do not compile.
 */
export function createMonitors<R extends string, M extends string>(catalogue: Catalogue) {
  return function monitor<const D extends readonly [R, ...R[]]>(
    meta: MonitorMeta<R, M, D>,
    watch: (watch: Watch<D[number]>) => MonitorHandlers,
  ): Monitor {
    return { readings: [], ...meta, catalogue, watch: watch as unknown as Monitor['watch'] }
  }
}

/**
 * Returns what monitors find about one of the two ends in a trace: for each monitor and requirement
 * one finding, or none where the trace gave no occasion. Takes time in proportion to the trace.
 * Without monitors it does not decode the trace.
 * @param subject the end that is judged.
 * @param wanted `broken`: only findings of violations.
 */
export function judgeTrace(
  reading: ReadTrace,
  subject: Side,
  monitors: readonly Monitor[],
  wanted: 'all' | 'broken' = 'all',
): readonly WatchedFinding[] {
  if (monitors.length === 0) return []
  const { trace, parts } = reading
  const follower = followTrace(subject, monitors, trace.captured === true)
  const excesses = excessesIn(parts)
  let next = 0
  for (const entry of trace.entries) {
    follower.begin(entry, excesses.get(entry.index) ?? NONE)
    for (let part = parts[next]; part !== undefined && part.entry.index <= entry.index; part = parts[next]) {
      next++
      follower.take(part)
    }
  }
  return follower.findings(wanted)
}

/** Judges one end of a trace that is read entry by entry. */
export interface TraceFollower {
  /**
   * Begins an entry, before its parts. @param excesses the directions in which a message begins in
   * this entry whose Length is larger than any message's: from there on their receivers cannot be
   * judged.
   */
  begin(entry: TraceEntry, excesses: readonly Direction[]): void
  /** Takes a part that the entry completes. */
  take(part: TracePart): void
  /** Ends the trace. @param wanted `broken`: only findings of violations. */
  findings(wanted: 'all' | 'broken'): readonly WatchedFinding[]
}

/** One direction of one TCP connection. */
export interface Direction {
  readonly connection: number
  readonly from: Side
}

const NONE: readonly Direction[] = []

/**
 * Makes a judge of one end of one trace. @param captured whether the trace was read from a capture,
 * which may lack packets that were sent.
 */
export function followTrace(subject: Side, monitors: readonly Monitor[], captured: boolean): TraceFollower {
  const peer = oppositeSide(subject)
  const conversation = followConversation()
  // Plain loops, for speed: two dozen monitors judge plays of a few ms.
  const tallies: Tally[] = []
  const handlers: MonitorHandlers[] = []
  for (const monitor of monitors) {
    const tally = createTally()
    tallies.push(tally)
    handlers.push(monitor.watch({ subject, peer, captured, observe: tally.observe }))
  }
  const listeners = listenersOf(handlers)

  function takePacket({ packet, entry, from }: TracePart & { readonly kind: 'gre' }): void {
    const mine = from === subject
    // Of an impaired packet, the subject's side of the path counts: when it left the subject, or
    // when it reached the subject.
    if (entry.kind === 'gre' && entry.only === (mine ? 'received' : 'sent')) return
    if (packet.kind === 'unrecognized-gre') {
      const seen: WatchedStrangePacket = { packet, entry, tunnel: conversation.tunnel(entry) }
      tell(mine ? listeners.strangePacketSent : listeners.strangePacketHeard, seen)
      return
    }
    const seen: WatchedPacket = {
      packet,
      entry,
      tunnel: conversation.tunnel(entry),
      call: conversation.callOfPacket(entry, packet),
      cut: entry.kind === 'gre' ? (entry.cut ?? 0) : 0,
    }
    tell(mine ? listeners.packetSent : listeners.packetHeard, seen)
  }

  function takeStream(part: Exclude<TraceMessage, { readonly kind: 'gre' }>): void {
    const mine = part.from === subject
    const { entry } = part
    const connection = conversation.connection(part.connection)
    if (part.kind === 'out-of-step') {
      // A trace without the beginning of the stream may begin in the middle of a message: then the
      // subject is not to blame.
      const whole = connection.originator !== undefined
      if (mine && whole) tell(listeners.lostStep, { ...part, connection })
      conversation.trouble(connection, part.from)
      return
    }
    const { message, octets } = part
    const seen: WatchedMessage = {
      message,
      octets,
      entry,
      connection,
      tunnel: conversation.tunnelOf(connection),
      call: conversation.callOf(connection, part.from, message),
    }
    tell(mine ? listeners.sent : listeners.heard, seen)
    conversation.apply(connection, part.from, message, entry.at)
  }

  return {
    begin(entry, excesses) {
      conversation.lifecycle(entry)
      for (const { connection, from } of excesses)
        conversation.trouble(conversation.connection(connection), from)
    },
    take(part) {
      if (part.kind === 'gre') takePacket(part)
      else if (part.kind !== 'loose') takeStream(part)
      else if (part.why !== 'incomplete')
        conversation.trouble(conversation.connection(part.connection), part.from)
    },
    findings(wanted) {
      const found: WatchedFinding[] = []
      for (const [at, monitor] of monitors.entries()) {
        handlers[at]?.end?.()
        tallies[at]?.collect(monitor, wanted, found)
      }
      return found
    },
  }
}

type StreamPart = Exclude<TracePart, { readonly kind: 'gre' }>

/** Whether the octets of a message begin with a Length that is larger than any message's. */
export function isExcessive([high, low]: Uint8Array): boolean {
  return high !== undefined && low !== undefined && (high << 8) + low > LARGEST_MESSAGE
}

/**
 * Returns the messages whose Length is larger than any message's, by the index of the entry in
 * which they begin. From there on the receiver cannot be judged: it may take octets for the
 * beginning of the next message that we take for the middle of this one.
 */
function excessesIn(parts: readonly TracePart[]): ReadonlyMap<number, readonly StreamPart[]> {
  const excesses = new Map<number, StreamPart[]>()
  for (const part of parts) {
    if (part.kind === 'gre' || part.kind === 'out-of-step') continue
    const { octets, carriedBy } = part
    const [first] = carriedBy
    if (first === undefined || (part.kind === 'loose' && part.why !== 'incomplete')) continue
    if (!isExcessive(octets)) continue
    const known = excesses.get(first)
    if (known === undefined) excesses.set(first, [part])
    else known.push(part)
  }
  return excesses
}

type Listener<S> = (seen: S) => void

/**
 * The handlers of all monitors by kind of event, so that only those of an event's kind are called.
 */
interface Listeners {
  readonly sent: Listener<WatchedMessage>[]
  readonly heard: Listener<WatchedMessage>[]
  readonly lostStep: Listener<WatchedLoss>[]
  readonly packetSent: Listener<WatchedPacket>[]
  readonly packetHeard: Listener<WatchedPacket>[]
  readonly strangePacketSent: Listener<WatchedStrangePacket>[]
  readonly strangePacketHeard: Listener<WatchedStrangePacket>[]
}

function listenersOf(handlers: readonly MonitorHandlers[]): Listeners {
  const of: Listeners = {
    sent: [],
    heard: [],
    lostStep: [],
    packetSent: [],
    packetHeard: [],
    strangePacketSent: [],
    strangePacketHeard: [],
  }
  for (const handler of handlers) {
    if (handler.sent) of.sent.push(handler.sent)
    if (handler.heard) of.heard.push(handler.heard)
    if (handler.lostStep) of.lostStep.push(handler.lostStep)
    if (handler.packetSent) of.packetSent.push(handler.packetSent)
    if (handler.packetHeard) of.packetHeard.push(handler.packetHeard)
    if (handler.strangePacketSent) of.strangePacketSent.push(handler.strangePacketSent)
    if (handler.strangePacketHeard) of.strangePacketHeard.push(handler.strangePacketHeard)
  }
  return of
}

/** Calls all handlers with an event. */
function tell<S>(listeners: readonly Listener<S>[], seen: S): void {
  for (const listener of listeners) listener(seen)
}

/** What was observed about one requirement. */
interface Case {
  broken: number
  kept: number
  /** The first violation of the gravest verdict. */
  worst: Judgement | undefined
  /** The first observation without a violation. */
  first: Judgement | undefined
}

/** The observations of one monitor. */
interface Tally {
  readonly observe: (requirement: string, judgement: Judgement) => void
  /** Adds the findings to `found`. */
  readonly collect: (monitor: Monitor, wanted: 'all' | 'broken', found: WatchedFinding[]) => void
}

function createTally(): Tally {
  const cases = new Map<string, Case>()
  let anyBroken = false
  return {
    observe(requirement, judgement) {
      let one = cases.get(requirement)
      if (one === undefined) {
        one = { broken: 0, kept: 0, worst: undefined, first: undefined }
        cases.set(requirement, one)
      }
      if (judgement.ok) {
        one.kept++
        one.first ??= judgement
        return
      }
      one.broken++
      anyBroken = true
      // A violation without `otherwise` has the verdict of its requirement's level, perhaps `fail`.
      if (one.worst === undefined || (one.worst.otherwise === 'warn' && judgement.otherwise !== 'warn'))
        one.worst = judgement
    },
    collect(monitor, wanted, found) {
      // Most monitors have no observations, or no violations: they return early.
      if (cases.size === 0 || (wanted === 'broken' && !anyBroken)) return
      const judge = createJudge(monitor.catalogue, monitor.decides, monitor.readings)
      for (const [requirement, { worst, first, broken, kept }] of cases) {
        if (worst !== undefined)
          judge.decide(requirement, {
            ...worst,
            seen: broken === 1 ? worst.seen : `${worst.seen}; ${broken} violations in ${broken + kept} cases`,
          })
        else if (first !== undefined && wanted === 'all')
          judge.decide(requirement, {
            ok: true,
            expected: first.expected,
            seen: kept === 1 ? first.seen : `as expected in all ${kept} cases`,
          })
      }
      // The findings are changed, not copied: a proof judges thousands of traces.
      for (const finding of judge.findings) found.push(Object.assign(finding, { monitor: monitor.id }))
    },
  }
}
