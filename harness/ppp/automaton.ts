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
 * The option negotiation automaton (RFC 1661 section 4), shared by LCP and every NCP. Its states
 * and arcs are the table below; what the options mean is the policy's business. The states Initial
 * and Starting are one here, `initial`: a machine that is created is meant to open as soon as the
 * layer below is up.
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
 * RFC 1661 section 4.3. `TO+`/`TO-`: time-out with and without tries left; `RCR+`/`RCR-`: a request
 * we accept or not.
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

/** RFC 1661 section 4.4. */
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

/** (state, input) to (steps, next state). What is missing changes nothing. */
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

/** What a policy thinks of the peer's Configure-Request. */
export type Judgement =
  | { readonly kind: 'ack' }
  | { readonly kind: 'nak'; readonly options: readonly Option[] }
  | { readonly kind: 'reject'; readonly options: readonly Option[] }

/** What one protocol means by its options. Called by the automaton only. */
export interface OptionPolicy {
  /** The options to ask for, given what the peer refused so far. */
  request(): readonly Option[]
  /**
   * Judges the peer's request. Order and duplicates are kept in an Ack, so the verdict is about all
   * of them.
   */
  judge(options: readonly Option[]): Judgement
  /** The peer's Configure-Nak: adopt its values where they are bearable. */
  nak(options: readonly Option[]): void
  /** The peer's Configure-Reject: do not ask again. */
  reject(options: readonly Option[]): void
  /**
   * A code beyond the first seven, in any state. Undefined: not known here, so it draws a
   * Code-Reject.
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

export interface Automaton {
  handle(event: PppEvent): readonly PppAction[]
  state(): AutomatonState
  /** A number for a packet outside negotiation (Echo-Request, Protocol-Reject). */
  nextIdentifier(): number
}

/** The longest rejected packet that a Code-Reject repeats, in octets: within any MRU. */
const REJECTED_LIMIT = 1400
const NONE = new Uint8Array(0)

/** The state of one negotiation. */
interface Negotiation {
  readonly policy: OptionPolicy
  readonly timers: AutomatonTimers
  state: AutomatonState
  /** The Restart counter. */
  tries: number
  /** Of the latest packet that begins an exchange. */
  identifier: number
  /** Configure-Naks sent since the last Configure-Ack. */
  naks: number
  /** Identifier of our latest Configure-Request; -1 once it has its answer. */
  requested: number
  requestedOptions: Uint8Array
  /** The packet that is being handled, and the answer to it where it is a Configure-Request. */
  received: { readonly identifier: number; readonly octets: Uint8Array; readonly reply: Uint8Array }
}

/** Makes a machine that negotiates the options of one protocol, as its policy wants them. */
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

/** Takes the arc of the table for an input, and returns what its steps want done. */
function apply(negotiation: Negotiation, input: AutomatonInput): readonly PppAction[] {
  const arc = AUTOMATON[negotiation.state][input]
  if (arc === undefined) return []
  const [steps, next] = arc
  const actions: PppAction[] = []
  // The restart timer runs only in the states that wait for an answer (section 4.2). First, for
  // what follows may start it again.
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
      // A peer that knows none of the codes 1 to 6 cannot be talked to; any other rejection
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
 * A negotiation that does not converge is cut short (section 4.6, Max-Failure): what was Nak'd too
 * often is rejected.
 */
function converging(negotiation: Negotiation, options: readonly Option[], verdict: Judgement): Judgement {
  if (verdict.kind === 'ack') negotiation.naks = 0
  if (verdict.kind !== 'nak' || ++negotiation.naks <= negotiation.timers.maximumFailure) return verdict
  const unbearable = new Set(verdict.options.map(({ type }) => type))
  const rejected = options.filter(({ type }) => unbearable.has(type))
  return rejected.length > 0 ? { kind: 'reject', options: rejected } : { kind: 'ack' }
}

function takeAnswer(negotiation: Negotiation, { code, identifier, data }: Packet): readonly PppAction[] {
  // Anything but an answer to the latest request is discarded in silence (sections 5.2 to 5.4).
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
