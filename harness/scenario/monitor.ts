import type { DecodedMessage } from '../protocol/control.ts'
import type { GrePacket, UnrecognizedGre } from '../protocol/gre.ts'
import { LARGEST_MESSAGE } from '../protocol/messages.ts'
import { type LooseOctets, oppositeSide, type ReadTrace, type TraceMessage } from '../trace/messages.ts'
import type { Side, TraceEntry } from '../trace/trace.ts'
import { type CallView, type ConnectionView, followConversation, type TunnelView } from './conversation.ts'
import { createJudge, type Judgement } from './judge.ts'
import type { Catalogue } from './requirement.ts'
import type { WatchedFinding } from './verdict.ts'

/**
 * One control message in its context. What it says has not taken effect yet: connection and call
 * are as they were before it.
 */
export interface WatchedMessage {
  readonly message: DecodedMessage
  /** From the first octet of its header to the last that its Length covers. */
  readonly octets: Uint8Array
  readonly entry: TraceEntry
  readonly connection: ConnectionView
  readonly tunnel: TunnelView
  /** The call that it is about; undefined where the Call ID in it names none. */
  readonly call: CallView | undefined
}

/** The subject's stream lost step here. */
export interface WatchedLoss {
  readonly cause: 'magic-cookie' | 'length'
  readonly detail: string
  /** What came of its direction from the offending header on: 8 octets at least. */
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
   * The latest call to which its receiver assigned the Call ID in its key; undefined where there is
   * none.
   */
  readonly call: CallView | undefined
  /** Octets at its end that the capture left out. */
  readonly cut: number
}

/** GRE that is no enhanced GRE. */
export interface WatchedStrangePacket {
  readonly packet: UnrecognizedGre
  readonly entry: TraceEntry
  readonly tunnel: TunnelView
}

/**
 * What a monitor listens to: only what it has a handler for. Handlers must not throw, know no
 * `this`, and remember a bounded amount for each call or connection.
 */
export interface MonitorHandlers {
  /** The subject sent a control message. */
  sent?(seen: WatchedMessage): void
  /** The subject's peer did. */
  heard?(seen: WatchedMessage): void
  /** The subject sent octets that are no message. */
  lostStep?(seen: WatchedLoss): void
  /** The subject sent an enhanced GRE packet. */
  packetSent?(seen: WatchedPacket): void
  packetHeard?(seen: WatchedPacket): void
  /** The subject sent GRE that calls for another layout. */
  strangePacketSent?(seen: WatchedStrangePacket): void
  strangePacketHeard?(seen: WatchedStrangePacket): void
  /** The trace is over. */
  end?(): void
}

/** What a monitor is given to judge with. */
export interface Watch<R extends string> {
  readonly subject: Side
  readonly peer: Side
  /** The trace was read from a capture: what is not in it may have passed all the same. */
  readonly captured: boolean
  /**
   * One case of a requirement: broken or kept. At the end the first violation counts, or the fact
   * that there was none.
   */
  observe(requirement: R, judgement: Judgement): void
}

export interface MonitorMeta<R extends string, M extends string, D extends readonly [R, ...R[]]> {
  readonly id: string
  /** What it watches over: one sentence. */
  readonly purpose: string
  readonly decides: D
  /** Mutants of the reference, each of which this monitor must catch in some scenario. */
  readonly provenBy: readonly [M, ...M[]]
  /** Interpretations that it leans on beyond those of its requirements. */
  readonly readings?: readonly string[]
}

/**
 * A monitor with its types forgotten, as suites hold it: data, and a pure fold over the messages of
 * a trace.
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
 * Makes the `monitor` function of one catalogue and one set of mutants, so that unknown names do
 * not compile.
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
 * What the monitors find in one conversation about one of its two ends: at most one finding for
 * each requirement that a monitor decides, none where the conversation gave no occasion. Takes time
 * in proportion to the trace. Does not read the trace where there are no monitors.
 * @param wanted `broken`: only the findings about what was broken.
 */
export function judgeTrace(
  reading: ReadTrace,
  subject: Side,
  monitors: readonly Monitor[],
  wanted: 'all' | 'broken' = 'all',
): readonly WatchedFinding[] {
  if (monitors.length === 0) return []
  const { trace, parts } = reading
  const peer = oppositeSide(subject)
  const conversation = followConversation()
  // In plain loops: a play of a few ms is judged by two dozen monitors.
  const tallies: Tally[] = []
  const handlers: MonitorHandlers[] = []
  for (const monitor of monitors) {
    const tally = createTally()
    tallies.push(tally)
    handlers.push(monitor.watch({ subject, peer, captured: trace.captured === true, observe: tally.observe }))
  }
  const listeners = listenersOf(handlers)
  let next = 0

  function take(part: TraceMessage | LooseOctets): void {
    const mine = part.from === subject
    const { entry } = part
    if (part.kind === 'loose') {
      if (part.why !== 'incomplete') conversation.trouble(conversation.connection(part.connection), part.from)
      return
    }
    if (part.kind === 'gre') {
      const { packet } = part
      // The subject sent what left it and heard what reached it: where our own impairment came
      // between, that is not the same.
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
      return
    }
    const connection = conversation.connection(part.connection)
    if (part.kind === 'out-of-step') {
      // Where the stream was not seen from its first octet, it is the trace that is out of step.
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

  const excesses = excessesIn(parts)
  for (const entry of trace.entries) {
    conversation.lifecycle(entry)
    for (const { connection, from } of excesses.get(entry.index) ?? [])
      conversation.trouble(conversation.connection(connection), from)
    for (let part = parts[next]; part !== undefined && part.entry.index <= entry.index; part = parts[next]) {
      next++
      take(part)
    }
  }
  const findings: WatchedFinding[] = []
  for (const [at, monitor] of monitors.entries()) {
    handlers[at]?.end?.()
    tallies[at]?.collect(monitor, wanted, findings)
  }
  return findings
}

type StreamPart = Exclude<TraceMessage | LooseOctets, { readonly kind: 'gre' }>

/**
 * Where something begins whose Length is that of no message. What the other side makes of it cannot
 * be judged from there on: it may look for the next message where we see but the middle of this
 * one.
 * @returns by the index of the entry.
 */
function excessesIn(
  parts: readonly (TraceMessage | LooseOctets)[],
): ReadonlyMap<number, readonly StreamPart[]> {
  const excesses = new Map<number, StreamPart[]>()
  for (const part of parts) {
    if (part.kind === 'gre' || part.kind === 'out-of-step') continue
    const { octets, carriedBy } = part
    const [high, low] = octets
    const [first] = carriedBy
    if (first === undefined || high === undefined || low === undefined) continue
    if (part.kind === 'loose' && part.why !== 'incomplete') continue
    if ((high << 8) + low > LARGEST_MESSAGE) excesses.set(first, [...(excesses.get(first) ?? []), part])
  }
  return excesses
}

type Listener<S> = (seen: S) => void

/**
 * The handlers' handlers by what they are told of, so that a message does not have to ask each of
 * them.
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

function tell<S>(listeners: readonly Listener<S>[], seen: S): void {
  for (const listener of listeners) listener(seen)
}

interface Case {
  broken: number
  kept: number
  /** The gravest violation, the first of those. */
  worst: Judgement | undefined
  /** What was kept first. */
  first: Judgement | undefined
}

interface Tally {
  readonly observe: (requirement: string, judgement: Judgement) => void
  /** Adds what came of it to `found`. */
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
      // Without `otherwise` a violation counts in full.
      if (one.worst === undefined || (one.worst.otherwise === 'warn' && judgement.otherwise !== 'warn'))
        one.worst = judgement
    },
    collect(monitor, wanted, found) {
      // Most had no occasion, or nothing to complain of.
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
            seen: kept === 1 ? first.seen : `so in all of ${kept} cases`,
          })
      }
      // Not copied: a proof judges thousands of traces.
      for (const finding of judge.findings) found.push(Object.assign(finding, { monitor: monitor.id }))
    },
  }
}
