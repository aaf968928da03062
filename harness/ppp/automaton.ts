import { sameOctets } from '../protocol/octets.ts'
import {
  decodeOptions,
  decodePacket,
  encodeOptions,
  encodePacket,
  type Option,
  type Packet,
  PacketCode,
} from './packet.ts'
import type { PppAction, PppEvent } from './protocol.ts'

/**
 * The states of the option negotiation automaton (RFC 1661 section 4), which LCP and every NCP
 * share. `AUTOMATON` holds its arcs; an `OptionPolicy` knows what the options mean. `initial`
 * stands for both Initial and Starting: every machine opens as soon as the layer below is up.
 */
export type AutomatonState =
  | 'initial'
  | 'closed'
  | 'stopped'
  | 'closing'
  | 'stopping'
  | 'req-sent'
  | 'ack-rcvd'
  | 'ack-sent'
  | 'opened'

/**
 * The events of RFC 1661 section 4.3. `TO+`/`TO-`: a time-out with or without tries left;
 * `RCR+`/`RCR-`: a Configure-Request that we accept or do not accept.
 */
export type AutomatonInput =
  | 'Up'
  | 'Down'
  | 'Close'
  | 'TO+'
  | 'TO-'
  | 'RCR+'
  | 'RCR-'
  | 'RCA'
  | 'RCN'
  | 'RTR'
  | 'RTA'
  | 'RUC'
  | 'RXJ-'

/** The actions of RFC 1661 section 4.4. */
export type AutomatonStep =
  | 'tlu'
  | 'tld'
  | 'tlf'
  | 'irc'
  | 'zrc'
  | 'scr'
  | 'sca'
  | 'scn'
  | 'str'
  | 'sta'
  | 'scj'

type Arc = readonly [steps: readonly AutomatonStep[], next: AutomatonState]

/** The arcs by state and input: steps and next state. An input without an arc is ignored. */
export const AUTOMATON: Readonly<Record<AutomatonState, Readonly<Partial<Record<AutomatonInput, Arc>>>>> = {
  initial: { Up: [['irc', 'scr'], 'req-sent'], Close: [['tlf'], 'closed'] },
  closed: {
    Down: [[], 'initial'],
    'RCR+': [['sta'], 'closed'],
    'RCR-': [['sta'], 'closed'],
    RCA: [['sta'], 'closed'],
    RCN: [['sta'], 'closed'],
    RTR: [['sta'], 'closed'],
    RUC: [['scj'], 'closed'],
  },
  stopped: {
    Down: [[], 'initial'],
    Close: [[], 'closed'],
    'RCR+': [['irc', 'scr', 'sca'], 'ack-sent'],
    'RCR-': [['irc', 'scr', 'scn'], 'req-sent'],
    RCA: [['sta'], 'stopped'],
    RCN: [['sta'], 'stopped'],
    RTR: [['sta'], 'stopped'],
    RUC: [['scj'], 'stopped'],
  },
  closing: {
    Down: [[], 'initial'],
    'TO+': [['str'], 'closing'],
    'TO-': [['tlf'], 'closed'],
    RTR: [['sta'], 'closing'],
    RTA: [['tlf'], 'closed'],
    RUC: [['scj'], 'closing'],
    'RXJ-': [['tlf'], 'closed'],
  },
  stopping: {
    Down: [[], 'initial'],
    Close: [[], 'closing'],
    'TO+': [['str'], 'stopping'],
    'TO-': [['tlf'], 'stopped'],
    RTR: [['sta'], 'stopping'],
    RTA: [['tlf'], 'stopped'],
    RUC: [['scj'], 'stopping'],
    'RXJ-': [['tlf'], 'stopped'],
  },
  'req-sent': {
    Down: [[], 'initial'],
    Close: [['irc', 'str'], 'closing'],
    'TO+': [['scr'], 'req-sent'],
    'TO-': [['tlf'], 'stopped'],
    'RCR+': [['sca'], 'ack-sent'],
    'RCR-': [['scn'], 'req-sent'],
    RCA: [['irc'], 'ack-rcvd'],
    RCN: [['irc', 'scr'], 'req-sent'],
    RTR: [['sta'], 'req-sent'],
    RUC: [['scj'], 'req-sent'],
    'RXJ-': [['tlf'], 'stopped'],
  },
  'ack-rcvd': {
    Down: [[], 'initial'],
    Close: [['irc', 'str'], 'closing'],
    'TO+': [['scr'], 'req-sent'],
    'TO-': [['tlf'], 'stopped'],
    'RCR+': [['sca', 'tlu'], 'opened'],
    'RCR-': [['scn'], 'ack-rcvd'],
    RCA: [['scr'], 'req-sent'],
    RCN: [['scr'], 'req-sent'],
    RTR: [['sta'], 'req-sent'],
    RTA: [[], 'req-sent'],
    RUC: [['scj'], 'ack-rcvd'],
    'RXJ-': [['tlf'], 'stopped'],
  },
  'ack-sent': {
    Down: [[], 'initial'],
    Close: [['irc', 'str'], 'closing'],
    'TO+': [['scr'], 'ack-sent'],
    'TO-': [['tlf'], 'stopped'],
    'RCR+': [['sca'], 'ack-sent'],
    'RCR-': [['scn'], 'req-sent'],
    RCA: [['irc', 'tlu'], 'opened'],
    RCN: [['irc', 'scr'], 'ack-sent'],
    RTR: [['sta'], 'req-sent'],
    RUC: [['scj'], 'ack-sent'],
    'RXJ-': [['tlf'], 'stopped'],
  },
  opened: {
    Down: [['tld'], 'initial'],
    Close: [['tld', 'irc', 'str'], 'closing'],
    'RCR+': [['tld', 'scr', 'sca'], 'ack-sent'],
    'RCR-': [['tld', 'scr', 'scn'], 'req-sent'],
    RCA: [['tld', 'scr'], 'req-sent'],
    RCN: [['tld', 'scr'], 'req-sent'],
    RTR: [['tld', 'zrc', 'sta'], 'stopping'],
    RTA: [['tld', 'scr'], 'req-sent'],
    RUC: [['scj'], 'opened'],
    'RXJ-': [['tld', 'irc', 'str'], 'stopping'],
  },
}

/** How a Configure-Request of the peer is answered. */
export type Judgement =
  | { readonly kind: 'ack' }
  | { readonly kind: 'nak'; readonly options: readonly Option[] }
  | { readonly kind: 'reject'; readonly options: readonly Option[] }

/** The options of one protocol: which we ask for, and how we answer the peer's. */
export interface OptionPolicy {
  /** Returns the options to ask for next, in view of what the peer has refused. */
  request(): readonly Option[]
  /**
   * Judges all options of the peer's Configure-Request together: a Configure-Ack repeats every one
   * of them, in their order.
   */
  judge(options: readonly Option[]): Judgement
  /** Takes the peer's Configure-Nak: adopts those of its values that are acceptable. */
  nak(options: readonly Option[]): void
  /** Takes the peer's Configure-Reject: these options are not asked for again. */
  reject(options: readonly Option[]): void
  /**
   * Takes a packet whose code is none of the first seven, in any state. Returns undefined for an
   * unknown code, which the automaton then answers with Code-Reject.
   */
  extra?(
    packet: { readonly code: number; readonly identifier: number; readonly data: Uint8Array },
    opened: boolean,
  ): readonly PppAction[] | undefined
}

/** RFC 1661 section 4.6: the counters, and the restart timer in ms. */
export interface AutomatonTimers {
  readonly restart: number
  readonly maximumConfigure: number
  readonly maximumTerminate: number
  /** Configure-Naks in a row after which an option is rejected instead. */
  readonly maximumFailure: number
}
export const AUTOMATON_TIMERS: AutomatonTimers = {
  restart: 3000,
  maximumConfigure: 10,
  maximumTerminate: 2,
  maximumFailure: 5,
}

/** A running automaton. */
export interface Automaton {
  handle(event: PppEvent): readonly PppAction[]
  state(): AutomatonState
  /** Returns the Identifier for a packet outside negotiation (Echo-Request, Protocol-Reject). */
  nextIdentifier(): number
}

/** How many octets of a rejected packet a Code-Reject repeats at most; fits the usual MRUs. */
const REJECTED_LIMIT = 1400
const NONE = new Uint8Array(0)

/** The state of one negotiation. */
interface Negotiation {
  readonly policy: OptionPolicy
  readonly timers: AutomatonTimers
  state: AutomatonState
  /** The Restart counter: how many more requests may be sent. */
  tries: number
  /** Identifier of the latest packet of ours that is not an answer. */
  identifier: number
  /** Configure-Naks sent since the last Configure-Ack. */
  naks: number
  /** Identifier of our latest Configure-Request; -1 when it has been answered. */
  requested: number
  requestedOptions: Uint8Array
  /** The packet that is being handled; `reply` is the answer if it is a Configure-Request. */
  received: { readonly identifier: number; readonly octets: Uint8Array; readonly reply: Uint8Array }
}

/** Makes an automaton that negotiates the options of one protocol by its policy. */
export function createAutomaton(policy: OptionPolicy, timers: AutomatonTimers = AUTOMATON_TIMERS): Automaton {
  const negotiation: Negotiation = {
    policy,
    timers,
    state: 'initial',
    tries: 0,
    identifier: 0,
    naks: 0,
    requested: -1,
    requestedOptions: NONE,
    received: { identifier: 0, octets: NONE, reply: NONE },
  }
  return {
    handle: (event) => handle(negotiation, event),
    state: () => negotiation.state,
    nextIdentifier: () => nextIdentifier(negotiation),
  }
}

function handle(negotiation: Negotiation, event: PppEvent): readonly PppAction[] {
  switch (event.kind) {
    case 'up':
      return apply(negotiation, 'Up')
    case 'down':
      return apply(negotiation, 'Down')
    case 'close':
      return apply(negotiation, 'Close')
    case 'timer':
      return apply(negotiation, negotiation.tries > 0 ? 'TO+' : 'TO-')
    case 'packet':
      return takePacket(negotiation, event.octets)
  }
}

/** Takes the arc of the table for an input, and returns the actions of its steps. */
function apply(negotiation: Negotiation, input: AutomatonInput): readonly PppAction[] {
  const arc = AUTOMATON[negotiation.state][input]
  if (arc === undefined) return []
  const [steps, next] = arc
  const actions: PppAction[] = []
  // The restart timer runs only in the states that wait for an answer (section 4.2). It is stopped
  // before the steps, because a step may start it again.
  if (next === 'initial' || next === 'closed' || next === 'stopped' || next === 'opened')
    actions.push({ kind: 'cancel-timer' })
  for (const step of steps) actions.push(...STEPS[step](negotiation, next))
  negotiation.state = next
  return actions
}

type Step = (negotiation: Negotiation, next: AutomatonState) => readonly PppAction[]

const STEPS: Readonly<Record<AutomatonStep, Step>> = {
  tlu: () => [{ kind: 'opened' }],
  tld: () => [{ kind: 'down' }],
  tlf: () => [{ kind: 'finished' }],
  irc(negotiation, next) {
    const { maximumConfigure, maximumTerminate } = negotiation.timers
    negotiation.tries = next === 'closing' || next === 'stopping' ? maximumTerminate : maximumConfigure
    return []
  },
  zrc(negotiation) {
    negotiation.tries = 0
    return [restartTimer(negotiation)]
  },
  scr(negotiation) {
    negotiation.tries--
    negotiation.requested = nextIdentifier(negotiation)
    negotiation.requestedOptions = encodeOptions(negotiation.policy.request())
    const { requested, requestedOptions } = negotiation
    return [sending(PacketCode.configureRequest, requested, requestedOptions), restartTimer(negotiation)]
  },
  sca: ({ received }) => [{ kind: 'send', octets: received.reply }],
  scn: ({ received }) => [{ kind: 'send', octets: received.reply }],
  str(negotiation) {
    negotiation.tries--
    return [
      sending(PacketCode.terminateRequest, nextIdentifier(negotiation), NONE),
      restartTimer(negotiation),
    ]
  },
  sta: ({ received }) => [sending(PacketCode.terminateAck, received.identifier, NONE)],
  scj: (negotiation) => [
    sending(
      PacketCode.codeReject,
      nextIdentifier(negotiation),
      negotiation.received.octets.slice(0, REJECTED_LIMIT),
    ),
  ],
}

function nextIdentifier(negotiation: Negotiation): number {
  negotiation.identifier = (negotiation.identifier + 1) & 0xff
  return negotiation.identifier
}

function sending(code: number, identifier: number, data: Uint8Array): PppAction {
  return { kind: 'send', octets: encodePacket({ code, identifier, data }) }
}

function restartTimer({ timers }: Negotiation): PppAction {
  return { kind: 'set-timer', ms: timers.restart }
}

function takePacket(negotiation: Negotiation, octets: Uint8Array): readonly PppAction[] {
  const packet = decodePacket(octets)
  if (packet === undefined || negotiation.state === 'initial') return []
  const { code, identifier, data } = packet
  negotiation.received = { identifier, octets: octets.slice(0, 4 + data.length), reply: NONE }
  switch (code) {
    case PacketCode.configureRequest:
      return takeRequest(negotiation, packet)
    case PacketCode.configureAck:
    case PacketCode.configureNak:
    case PacketCode.configureReject:
      return takeAnswer(negotiation, packet)
    case PacketCode.terminateRequest:
      return apply(negotiation, 'RTR')
    case PacketCode.terminateAck:
      return apply(negotiation, 'RTA')
    case PacketCode.codeReject:
      // Without any of the codes 1 to 6 no negotiation is possible; the rejection of another code
      // changes nothing.
      return (data[0] ?? 0) >= 1 && (data[0] ?? 0) <= 6 ? apply(negotiation, 'RXJ-') : []
    default:
      return negotiation.policy.extra?.(packet, negotiation.state === 'opened') ?? apply(negotiation, 'RUC')
  }
}

function takeRequest(negotiation: Negotiation, { identifier, data }: Packet): readonly PppAction[] {
  const options = decodeOptions(data)
  if (options === undefined) return []
  const verdict = converging(negotiation, options, negotiation.policy.judge(options))
  const reply =
    verdict.kind === 'ack'
      ? { code: PacketCode.configureAck, data }
      : {
          code: verdict.kind === 'nak' ? PacketCode.configureNak : PacketCode.configureReject,
          data: encodeOptions(verdict.options),
        }
  negotiation.received = { ...negotiation.received, reply: encodePacket({ identifier, ...reply }) }
  return apply(negotiation, verdict.kind === 'ack' ? 'RCR+' : 'RCR-')
}

/**
 * Ends a negotiation that does not converge (section 4.6, Max-Failure): after too many
 * Configure-Naks in a row the options are rejected instead.
 */
function converging(negotiation: Negotiation, options: readonly Option[], verdict: Judgement): Judgement {
  if (verdict.kind === 'ack') negotiation.naks = 0
  if (verdict.kind !== 'nak' || ++negotiation.naks <= negotiation.timers.maximumFailure) return verdict
  const unbearable = new Set(verdict.options.map(({ type }) => type))
  const rejected = options.filter(({ type }) => unbearable.has(type))
  return rejected.length > 0 ? { kind: 'reject', options: rejected } : { kind: 'ack' }
}

function takeAnswer(negotiation: Negotiation, { code, identifier, data }: Packet): readonly PppAction[] {
  // Only an answer to our latest request counts; others are discarded (sections 5.2 to 5.4).
  if (identifier !== negotiation.requested) return []
  if (code === PacketCode.configureAck) {
    if (!sameOctets(data, negotiation.requestedOptions)) return []
    negotiation.requested = -1
    return apply(negotiation, 'RCA')
  }
  const options = decodeOptions(data)
  if (options === undefined) return []
  if (code === PacketCode.configureNak) negotiation.policy.nak(options)
  else negotiation.policy.reject(options)
  negotiation.requested = -1
  return apply(negotiation, 'RCN')
}
