import { sameOctets } from '../protocol/octets.ts'
import {
  decodeOptions,
  decodePacket,
  encodeOptions,
  encodePacket,
  type Option,
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

export function createAutomaton(policy: OptionPolicy, timers: AutomatonTimers = AUTOMATON_TIMERS): Automaton {
  let state: AutomatonState = 'initial'
  let tries = 0
  let identifier = 0
  /** Configure-Naks sent since the last Configure-Ack. */
  let naks = 0
  let requested = -1
  let requestedOptions: Uint8Array = new Uint8Array(0)
  let actions: PppAction[] = []
  let received: { readonly identifier: number; readonly octets: Uint8Array; readonly reply: Uint8Array } = {
    identifier: 0,
    octets: new Uint8Array(0),
    reply: new Uint8Array(0),
  }

  const nextIdentifier = () => {
    identifier = (identifier + 1) & 0xff
    return identifier
  }
  const send = (code: number, id: number, data: Uint8Array) =>
    actions.push({ kind: 'send', octets: encodePacket({ code, identifier: id, data }) })
  const startTimer = () => actions.push({ kind: 'set-timer', ms: timers.restart })

  const STEPS: Readonly<Record<AutomatonStep, (next: AutomatonState) => void>> = {
    tlu: () => actions.push({ kind: 'opened' }),
    tld: () => actions.push({ kind: 'down' }),
    tlf: () => actions.push({ kind: 'finished' }),
    irc: (next) => {
      tries = next === 'closing' || next === 'stopping' ? timers.maximumTerminate : timers.maximumConfigure
    },
    zrc: () => {
      tries = 0
      startTimer()
    },
    scr: () => {
      tries--
      requested = nextIdentifier()
      requestedOptions = encodeOptions(policy.request())
      send(PacketCode.configureRequest, requested, requestedOptions)
      startTimer()
    },
    sca: () => actions.push({ kind: 'send', octets: received.reply }),
    scn: () => actions.push({ kind: 'send', octets: received.reply }),
    str: () => {
      tries--
      send(PacketCode.terminateRequest, nextIdentifier(), new Uint8Array(0))
      startTimer()
    },
    sta: () => send(PacketCode.terminateAck, received.identifier, new Uint8Array(0)),
    scj: () => send(PacketCode.codeReject, nextIdentifier(), received.octets.slice(0, REJECTED_LIMIT)),
  }

  function apply(input: AutomatonInput): void {
    const arc = AUTOMATON[state][input]
    if (arc === undefined) return
    const [steps, next] = arc
    // The restart timer runs only in the states that wait for an answer (section 4.2). First, for
    // what follows may start it again.
    if (next === 'initial' || next === 'closed' || next === 'stopped' || next === 'opened')
      actions.push({ kind: 'cancel-timer' })
    for (const step of steps) STEPS[step](next)
    state = next
  }

  function configureRequest(id: number, data: Uint8Array): void {
    const options = decodeOptions(data)
    if (options === undefined) return
    const verdict = converging(options, policy.judge(options))
    const reply =
      verdict.kind === 'ack'
        ? { code: PacketCode.configureAck, data }
        : {
            code: verdict.kind === 'nak' ? PacketCode.configureNak : PacketCode.configureReject,
            data: encodeOptions(verdict.options),
          }
    received = { ...received, reply: encodePacket({ identifier: id, ...reply }) }
    apply(verdict.kind === 'ack' ? 'RCR+' : 'RCR-')
  }

  /**
   * A negotiation that does not converge is cut short (section 4.6, Max-Failure): what was Nak'd
   * too often is rejected.
   */
  function converging(options: readonly Option[], verdict: Judgement): Judgement {
    if (verdict.kind === 'ack') naks = 0
    if (verdict.kind !== 'nak' || ++naks <= timers.maximumFailure) return verdict
    const unbearable = new Set(verdict.options.map(({ type }) => type))
    const rejected = options.filter(({ type }) => unbearable.has(type))
    return rejected.length > 0 ? { kind: 'reject', options: rejected } : { kind: 'ack' }
  }

  function answerToRequest(code: number, id: number, data: Uint8Array): void {
    // Anything but an answer to the latest request is discarded in silence (sections 5.2 to 5.4).
    if (id !== requested) return
    if (code === PacketCode.configureAck) {
      if (sameOctets(data, requestedOptions)) {
        requested = -1
        apply('RCA')
      }
      return
    }
    const options = decodeOptions(data)
    if (options === undefined) return
    if (code === PacketCode.configureNak) policy.nak(options)
    else policy.reject(options)
    requested = -1
    apply('RCN')
  }

  function packet(octets: Uint8Array): void {
    const read = decodePacket(octets)
    if (read === undefined || state === 'initial') return
    const { code, identifier: id, data } = read
    received = { identifier: id, octets: octets.slice(0, 4 + data.length), reply: new Uint8Array(0) }
    switch (code) {
      case PacketCode.configureRequest:
        configureRequest(id, data)
        return
      case PacketCode.configureAck:
      case PacketCode.configureNak:
      case PacketCode.configureReject:
        answerToRequest(code, id, data)
        return
      case PacketCode.terminateRequest:
        apply('RTR')
        return
      case PacketCode.terminateAck:
        apply('RTA')
        return
      case PacketCode.codeReject:
        // A peer that knows none of the codes 1 to 6 cannot be talked to; any other rejection
        // changes nothing.
        if ((data[0] ?? 0) >= 1 && (data[0] ?? 0) <= 6) apply('RXJ-')
        return
      default: {
        const extra = policy.extra?.(read, state === 'opened')
        if (extra === undefined) apply('RUC')
        else actions.push(...extra)
      }
    }
  }

  return {
    handle(event) {
      actions = []
      switch (event.kind) {
        case 'up':
          apply('Up')
          break
        case 'down':
          apply('Down')
          break
        case 'close':
          apply('Close')
          break
        case 'timer':
          apply(tries > 0 ? 'TO+' : 'TO-')
          break
        case 'packet':
          packet(event.octets)
          break
      }
      return actions
    },
    state: () => state,
    nextIdentifier,
  }
}
