import {
  controlMessage,
  type DecodedMessage,
  decodeControl,
  type UnrecognizedMessage,
  validateControl,
} from '../protocol/control.ts'
import type { Framed } from '../protocol/framer.ts'
import {
  type ControlMessage,
  GeneralError,
  PptpMessageType,
  PROTOCOL_VERSION,
  sizeOf,
} from '../protocol/messages.ts'
import { writeUint16 } from '../protocol/octets.ts'
import { createCallDesk } from './call-desk.ts'
import type { CallHost } from './call-model.ts'
import type { CallRegistry } from './call-registry.ts'
import type { Context } from './context.ts'
import type { Address, CallWishes, ConnectionId, FollowUp } from './events.ts'
import { createFraming } from './framing.ts'
import { forceSize, RESTART_FAULTS, writeMessage } from './message-faults.ts'
import { type Patience, wait } from './patience.ts'
import { addressNumber, type Peers, type Sibling, swappedAddressNumber } from './peers.ts'
import { mistrusts, swapped } from './start-reply-faults.ts'
import {
  type ControlAction,
  type ControlInput,
  type ControlState,
  ORIGINATOR_TABLE,
  RECIPIENT_TABLE,
} from './tables.ts'
import { arcFor } from './transition.ts'

/** Why a connection is opened. */
export interface Intention {
  readonly next: FollowUp
  /** It is to be opened again when it was closed over an error (section 3). */
  readonly persist?: boolean | undefined
  /** For `next: 'outgoing-call'`. */
  readonly call?: CallWishes | undefined
}

/** For `by: 'us'` with its intention. */
export interface ControlConnectionOptions extends Intention {
  readonly id: ConnectionId
  readonly local: Address
  readonly remote: Address
  readonly by: 'us' | 'peer'
  /** It is opened again, after one that was closed over an error. */
  readonly restarted?: boolean
}

/** How many messages a mutant takes from one read. */
const BACKLOG = 64

/** Inputs that close a connection over an error. */
const ERRORS: ReadonlySet<ControlInput> = new Set(['malformed', 'out-of-step', 'reply-overdue'])

/** One TCP connection and the control connection on it (section 3.1). */
export interface ControlConnection extends Sibling {
  /** TCP is open. */
  open(): void
  receive(octets: Uint8Array): void
  /** Whether the peer has begun a message and not completed it. */
  isHalfway(): boolean
  /** The peer's FIN. */
  peerEnded(): void
  /** TCP is gone. */
  gone(): void
  /** Whether it was closed over an error: something malformed, overdue or stuck. */
  wasBroken(): boolean
  /** Local termination. */
  stop(reason: 1 | 3): void
  /** Its calls are cleared, and when they are over it is stopped. */
  hangUp(): void
  /** Does nothing unless it is established. */
  placeCall(wishes?: CallWishes): void
  ring(): void
}

export function createControlConnection(
  context: Context,
  peers: Peers,
  registry: CallRegistry,
  { id, local, remote, by, restarted = false, next, call }: ControlConnectionOptions,
): ControlConnection {
  const { configuration, faults } = context
  const name = `connection/${id}`
  const peer = remote.address
  const table = by === 'us' ? ORIGINATOR_TABLE : RECIPIENT_TABLE
  const framing = createFraming(faults)
  let state: ControlState = 'idle'
  /** Identifier of the Echo-Request that is not yet answered. */
  let echoing: number | undefined
  let echoes = 0
  let stopReason: 1 | 2 | 3 = 1
  let ended = false
  let broken = false
  /** A mutant has sent its start request once more. */
  let repeated = false

  /** A mutant hangs: what arrives is no longer looked at. */
  let deaf = false

  let hangingUp = false
  /** When octets last came. */
  let heardAt = 0

  const host: CallHost = { peer, send, giveUp, unexpected, hang, released: stopWhenIdle }
  const desk = createCallDesk(context, registry, host)

  function send(message: ControlMessage, table?: typeof RESTART_FAULTS): void {
    for (const octets of writeMessage(message, faults, table))
      context.act({ kind: 'send', connection: id, octets })
  }

  function sendStartRequest(): void {
    send(
      controlMessage('Start-Control-Connection-Request', {
        framingCapabilities: 3,
        bearerCapabilities: 3,
        ...capabilities(next !== 'outgoing-call'),
      }),
      restarted ? RESTART_FAULTS : undefined,
    )
    awaitStartReply()
  }

  function log(text: string): void {
    context.log(`${name}: ${text}`)
  }

  /** Runs one arc of the table, or ignores the input. */
  function apply(input: ControlInput, message?: ControlMessage, why?: string): void {
    const arc = arcFor(table, state, input)
    if (arc === undefined) {
      unexpected(`${message?.name ?? input} ignored in ${state}`)
      return
    }
    if (state === 'idle' && input === 'out-of-step' && faults.has('bad-start-ends-listening'))
      context.act({ kind: 'stop-listening' })
    state = arc.to
    if (ERRORS.has(input)) broken = true
    ACTIONS[arc.action](message, why ?? message?.name ?? input)
  }

  const ACTIONS: Readonly<Record<ControlAction, (message: ControlMessage | undefined, why: string) => void>> =
    {
      'send-start-request'() {
        sendStartRequest()
        if (next !== 'nothing' && faults.has('call-before-start-reply')) followUp()
      },
      accept(message) {
        if (message?.name !== 'Start-Control-Connection-Request') return
        const later = message.protocolVersion > PROTOCOL_VERSION
        const protocolVersion =
          later && faults.has('start-reply-wrong-version-higher') ? message.protocolVersion : PROTOCOL_VERSION
        if (refusesNeedlessly(message)) {
          send(startReply({ resultCode: 2, errorCode: GeneralError.badValue }))
          finish('a field that ought not to matter')
          return
        }
        loseCollisions()
        send(startReply({ resultCode: 1, protocolVersion }))
        established()
      },
      'refuse-version'(message) {
        if (message?.name !== 'Start-Control-Connection-Request') return
        send(startReply({ resultCode: 5 }))
        if (faults.has('keeps-open-after-version-refusal')) state = 'idle'
        else if (faults.has('version-refusal-establishes')) state = 'established'
        else finish(`version 0x${message.protocolVersion.toString(16)} is not supported`)
      },
      'refuse-same-pair'() {
        send(startReply({ resultCode: 3 }))
        finish(`${peer} has a control connection already`)
      },
      'refuse-second-start'() {
        if (faults.has('second-start-ignored')) return
        send(startReply({ resultCode: faults.has('second-start-succeeds') ? 1 : 3 }))
      },
      'become-established'(message) {
        established()
        const heeds = message?.name === 'Start-Control-Connection-Reply' && message.maximumChannels === 0
        if (!heeds || !faults.has('start-reply-channels-tracked')) followUp()
      },
      'send-stop-version'() {
        if (faults.has('version-mismatch-without-stop')) {
          state = 'closed'
          finish('version')
          return
        }
        stopReason = faults.has('stop-version-wrong-reason') ? 3 : 2
        sendStop()
        if (faults.has('stop-version-goes-on')) send(controlMessage('Echo-Request', { identifier: 1 }))
      },
      'send-stop': sendStop,
      'answer-stop-and-close'(message) {
        const plain = message?.name !== 'Stop-Control-Connection-Request' || message.reason === 1
        if (faults.has('stop-no-reply') || (!plain && faults.has('ignores-stop-with-other-reasons'))) {
          state = 'established'
          return
        }
        if (desk.isWaiting() && faults.has('stop-ignored-while-calling')) {
          state = 'established'
          return
        }
        if (by === 'us' && configuration.clearsBeforeStop) desk.clear()
        desk.end('connection-stopped')
        if (isUndefinedReason(message) && faults.has('stop-refused-and-closed')) {
          send(
            controlMessage('Stop-Control-Connection-Reply', {
              resultCode: 2,
              errorCode: GeneralError.badValue,
            }),
          )
          finish('stopped by the peer')
          return
        }
        send(controlMessage('Stop-Control-Connection-Reply', { resultCode: 1 }))
        if (faults.has('serves-behind-stop')) {
          state = 'established'
          context.after(`${name}/stopped`, 50, () => finish('stopped by the peer'))
        } else if (!faults.has('stop-never-closes')) finish('stopped by the peer')
      },
      'answer-echo'(message) {
        if (message?.name !== 'Echo-Request') return
        send(controlMessage('Echo-Reply', { identifier: message.identifier, resultCode: 1 }))
      },
      'answer-not-connected': answerNotConnected,
      'note-echo-reply'(message) {
        if (message?.name !== 'Echo-Reply') return
        if (message.identifier !== echoing && !faults.has('keep-alive-any-identifier')) {
          unexpected('Echo-Reply to no request of ours')
          return
        }
        if (faults.has('keep-alive-ignores-reply')) return
        echoing = undefined
        context.cancel(`${name}/reply`)
        watchSilence()
      },
      'handle-call': (message) => {
        if (message !== undefined) desk.handle(message)
      },
      'send-echo-request'() {
        echoing = ++echoes
        send(controlMessage('Echo-Request', { identifier: echoing }))
        awaitReply({
          ms: configuration.keepAlive,
          forever: 'keep-alive-never-closes',
          briefly: 'keep-alive-closes-early',
        })
      },
      close(message, why) {
        if (message?.name === 'Stop-Control-Connection-Reply' && overlooksStop(message)) return
        if (why === 'out-of-step' && faults.has('answers-before-closing'))
          send(startReply({ resultCode: 2, errorCode: GeneralError.badFormat }))
        finish(why)
      },
      log(message, why) {
        log(`${why} is not answered`)
        if (message?.name !== 'Start-Control-Connection-Request') return
        if (faults.has('collision-winner-closes')) finish(why)
        if (faults.has('collision-winner-gives-up')) loseCollisions()
      },
    }

  /** A mutant waits on although its stop request was answered. */
  function overlooksStop({ resultCode }: ControlMessage<'Stop-Control-Connection-Reply'>): boolean {
    if (by !== 'us') return false
    if (resultCode !== 1 && faults.has('stop-refusal-hangs')) {
      context.cancel(`${name}/reply`)
      hang()
      return true
    }
    if (!faults.has('stop-reply-ignored')) return false
    state = 'wait-stop-reply'
    return true
  }

  /** Faults that make something of fields which have to be let pass. */
  function refusesNeedlessly(request: ControlMessage<'Start-Control-Connection-Request'>): boolean {
    const full = Math.max(request.hostName.length, request.vendorName.length) === 64
    if (full && faults.has('refuses-full-names')) return true
    const none = request.framingCapabilities === 0 || request.bearerCapabilities === 0
    if (none && faults.has('refuses-no-capabilities')) return true
    if (request.firmwareRevision === 0 && faults.has('refuses-firmware-revision')) return true
    return request.maximumChannels > 0 && faults.has('heeds-maximum-channels')
  }

  function capabilities(asPac: boolean) {
    return {
      maximumChannels: asPac && configuration.outgoingCalls ? configuration.channels : 0,
      firmwareRevision: configuration.firmwareRevision,
      hostName: configuration.hostName,
      vendorName: configuration.vendorName,
    }
  }

  function startReply(
    values: Partial<ControlMessage<'Start-Control-Connection-Reply'>>,
  ): ControlMessage<'Start-Control-Connection-Reply'> {
    return controlMessage('Start-Control-Connection-Reply', {
      framingCapabilities: 3,
      bearerCapabilities: 3,
      ...capabilities(true),
      ...values,
    })
  }

  function established(): void {
    context.cancel(`${name}/reply`)
    watchSilence()
    context.after(`${name}/age`, 90_000, () => {
      if (faults.has('keep-alive-overlooks-messages')) finish('a connection as old as that')
    })
  }

  function followUp(): void {
    if (next === 'outgoing-call' && faults.has('calls-as-pac')) desk.ring()
    else if (next === 'outgoing-call') desk.place(call)
    else if (next === 'incoming-call') desk.ring()
  }

  /** Hanging up ends with the connection, once there is no call left. */
  function stopWhenIdle(): void {
    if (!hangingUp || state !== 'established') return
    if (desk.isIdle()) self.stop(1)
    else if (faults.has('clear-request-unawaited')) finish('it hung up')
  }

  function sendStop(): void {
    send(controlMessage('Stop-Control-Connection-Request', { reason: stopReason }))
    context.cancel(`${name}/silence`)
    context.cancel(`${name}/reply`)
    if (faults.has('stop-request-missing')) {
      state = 'closed'
      finish('local termination')
    } else awaitReply({ forever: 'stop-reply-awaited-forever', briefly: 'stop-reply-awaited-briefly' })
  }

  /** Error 1: no control connection yet (interpretation A-37). */
  function answerNotConnected(message: ControlMessage | undefined): void {
    const error = { resultCode: 2, errorCode: GeneralError.notConnected }
    switch (message?.name) {
      case 'Echo-Request': {
        const result = faults.has('echo-succeeds-before-start') ? { resultCode: 1 } : error
        send(controlMessage('Echo-Reply', { identifier: message.identifier, ...result }))
        break
      }
      case 'Stop-Control-Connection-Request':
        send(controlMessage('Stop-Control-Connection-Reply', error))
        break
      case 'Outgoing-Call-Request':
        if (faults.has('accepts-before-start')) desk.handle(message)
        else send(controlMessage('Outgoing-Call-Reply', { peersCallId: message.callId, ...error }))
        break
      case 'Incoming-Call-Request':
        send(controlMessage('Incoming-Call-Reply', { peersCallId: message.callId, ...error }))
        break
      default:
    }
  }

  /**
   * Says what is wrong with an Echo-Request of another size than it has to have, as far as its
   * Identifier came.
   */
  function answerBadFormat(octets: Uint8Array): void {
    const request = decodeControl(forceSize(octets, sizeOf('Echo-Request')))
    const identifier = request.name === 'Echo-Request' ? request.identifier : 0
    send(controlMessage('Echo-Reply', { identifier, resultCode: 2, errorCode: GeneralError.badFormat }))
  }

  function awaitReply(patience: Partial<Patience>): void {
    wait(context, { id: `${name}/reply`, ms: configuration.replyTimeOut, ...patience }, overdue)
  }

  function overdue(): void {
    if (state === 'wait-ctl-reply' && !repeated && faults.has('start-request-repeated')) {
      repeated = true
      sendStartRequest()
      return
    }
    if (state === 'idle' && faults.has('stop-before-start'))
      send(controlMessage('Stop-Control-Connection-Request', { reason: 1 }))
    apply('reply-overdue', undefined, 'no reply in time')
  }

  function awaitStartReply(): void {
    awaitReply({
      forever: 'start-reply-awaited-forever',
      briefly: 'start-reply-awaited-briefly',
      anew: { fault: 'start-reply-awaited-anew', since: () => heardAt },
    })
  }

  function watchSilence(): void {
    const { keepAlive } = configuration
    const speak = () => apply('silence')
    wait(context, { id: `${name}/silence`, ms: keepAlive, forever: 'keep-alive-missing' }, () => {
      if (faults.has('keep-alive-late')) context.after(`${name}/silence`, 2 * keepAlive, speak)
      else speak()
    })
  }

  /** As `finish`, over an error in a call. */
  function giveUp(why: string): void {
    broken = true
    finish(why)
  }

  /** Calls die, FIN goes out, and a peer that keeps its side open is not waited for long. */
  function finish(why: string): void {
    if (ended) return
    ended = true
    state = 'closed'
    log(`closed: ${why}`)
    desk.end('connection-lost')
    context.cancelAll(`${name}/`)
    context.act({ kind: 'end', connection: id })
    context.after(`${name}/linger`, configuration.linger, () =>
      context.act({ kind: 'reset', connection: id }),
    )
  }

  /** A message that makes no sense here and now: logged, and nothing else. */
  function unexpected(what: string): void {
    log(what)
    if (faults.has('hangs-on-unexpected')) hang()
  }

  function hang(): void {
    deaf = true
  }

  function take(framed: Framed): void {
    if (framed.kind === 'out-of-step') {
      log(framed.detail)
      apply('out-of-step')
      return
    }
    const message = decodeControl(framed.octets)
    if (message.name !== 'unrecognized') {
      handle(message)
      return
    }
    const overlooked = overlook(message, framed.octets)
    if (overlooked === undefined) {
      if (state === 'established' && message.claims === 'Echo-Request') answerBadFormat(framed.octets)
      apply('malformed', undefined, message.reason)
    } else if (overlooked.name !== 'unrecognized') handle(overlooked)
    else log(`ignored: ${message.reason}`)
  }

  /**
   * What a faulty receiver makes of octets that no table fits: a message, or the same again where
   * it ignores them.
   */
  function overlook(message: UnrecognizedMessage, octets: Uint8Array): DecodedMessage | undefined {
    if (message.pptpMessageType !== PptpMessageType.control) {
      if (faults.has('executes-management-messages')) {
        const mended = octets.slice()
        writeUint16(mended, 2, PptpMessageType.control)
        return decodeControl(mended)
      }
      return faults.has('ignores-management-messages') ? message : undefined
    }
    if (message.claims === undefined) {
      if (faults.has('unknown-type-answered')) {
        send(controlMessage('Echo-Reply', { resultCode: 1 }))
        return message
      }
      return faults.has('ignores-unknown-type') ? message : undefined
    }
    if (faults.has('accepts-wrong-size')) return decodeControl(forceSize(octets, sizeOf(message.claims)))
    const stays = faults.has('ignores-wrong-size') || faults.has('never-closes-on-bad-length')
    return stays ? message : undefined
  }

  function handle(message: ControlMessage): void {
    const reserved = validateControl(message).some(({ kind }) => kind === 'reserved')
    if (reserved && faults.has('closes-on-reserved')) {
      apply('malformed', message, 'a reserved field')
      return
    }
    // Any message restarts the silence, but only an Echo-Reply ends the wait for one
    // (interpretation A-30).
    if (state === 'established' && echoing === undefined) watchSilence()
    apply(classify(message), message)
  }

  function classify(message: ControlMessage): ControlInput {
    switch (message.name) {
      case 'Start-Control-Connection-Request':
        return classifyStart(message.protocolVersion)
      case 'Start-Control-Connection-Reply':
        return classifyStartReply(message)
      case 'Stop-Control-Connection-Request':
        return 'stop-request'
      case 'Stop-Control-Connection-Reply':
        return 'stop-reply'
      case 'Echo-Request':
        return 'echo-request'
      case 'Echo-Reply':
        return 'echo-reply'
      case 'Outgoing-Call-Request':
      case 'Incoming-Call-Request':
        return 'call-request'
      default:
        return 'call-message'
    }
  }

  /** Section 3.1.3. */
  function wins(): boolean {
    const number = faults.has('collision-compares-swapped') ? swappedAddressNumber : addressNumber
    return number(local.address) > number(peer)
  }

  /** Versions compare as 16-bit numbers (interpretation A-19). */
  function classifyStart(version: number): ControlInput {
    if (state !== 'idle') return 'start-request'
    if (version < PROTOCOL_VERSION && !faults.has('accepts-version-zero'))
      return 'start-request-older-version'
    if (version > PROTOCOL_VERSION && faults.has('refuses-later-version'))
      return 'start-request-older-version'
    const others = [...peers.siblings()].filter((one) => one !== self && one.peer === peer)
    const colliding = others.some((one) => one.originator && one.state() === 'wait-ctl-reply')
    if (colliding && wins() && !faults.has('collision-answers-loser')) return 'start-request-collision-won'
    const paired = others.some((one) => one.state() === 'established' || one.state() === 'wait-stop-reply')
    if (paired && configuration.connectionsPerPeer === 'one' && !faults.has('accepts-second-connection'))
      return 'start-request-same-pair'
    return 'start-request'
  }

  function classifyStartReply(reply: ControlMessage<'Start-Control-Connection-Reply'>): ControlInput {
    const { resultCode } = reply
    if (state !== 'wait-ctl-reply') return 'start-reply-accepted'
    if (mistrusts(reply, faults)) return 'start-reply-refused'
    const protocolVersion = faults.has('start-reply-version-swapped')
      ? swapped(reply.protocolVersion)
      : reply.protocolVersion
    if (resultCode !== 1 && !faults.has('accepts-refused-start')) return 'start-reply-refused'
    if (protocolVersion > PROTOCOL_VERSION && !faults.has('accepts-later-version-reply'))
      return 'start-reply-version-unsupported'
    if (protocolVersion < PROTOCOL_VERSION && !faults.has('accepts-earlier-version-reply'))
      return 'start-reply-version-unsupported'
    return 'start-reply-accepted'
  }

  function loseCollisions(): void {
    for (const one of peers.siblings())
      if (one !== self && one.peer === peer && one.originator && one.state() === 'wait-ctl-reply')
        if (!faults.has('collision-loser-stays')) one.loseCollision()
  }

  const self: ControlConnection = {
    peer,
    originator: by === 'us',
    state: () => state,
    loseCollision() {
      if (faults.has('collision-loser-stops')) sendStop()
      apply('collision-lost')
    },
    open() {
      if (by === 'us') {
        apply('tcp-open')
        return
      }
      awaitReply({
        forever: 'establishment-never-times-out',
        briefly: 'establishment-times-out-early',
        anew: { fault: 'establishment-restarted-by-octets', since: () => heardAt },
      })
    },
    receive(octets) {
      heardAt = context.now()
      const found = framing.push(octets)
      const dropsSome = found.length > BACKLOG && faults.has('echo-backlog-dropped')
      for (const framed of dropsSome ? found.slice(0, BACKLOG) : found) {
        if (state === 'closed' || deaf) return
        take(framed)
      }
    },
    isHalfway: framing.isHalfway,
    peerEnded() {
      if (by === 'us' && faults.has('loss-unnoticed')) return
      if (state !== 'closed') apply('peer-ended', undefined, 'the peer closed')
      else finish('the peer closed')
    },
    gone() {
      desk.end('connection-lost')
      state = 'closed'
      ended = true
      context.cancelAll(`${name}/`)
    },
    wasBroken: () => broken,
    stop(reason) {
      stopReason = reason
      apply('local-stop', undefined, 'local termination')
    },
    hangUp() {
      hangingUp = true
      if (state === 'established') {
        if (configuration.hangingUp !== 'stop') desk.clear()
        if (configuration.hangingUp === 'clear-then-stop') stopWhenIdle()
        else self.stop(1)
      } else if (state === 'wait-ctl-reply') self.stop(1)
    },
    placeCall: (wishes) => {
      if (state === 'established') desk.place(wishes)
    },
    ring: () => {
      if (state === 'established') desk.ring()
    },
  }
  return self
}

function isUndefinedReason(message: ControlMessage | undefined): boolean {
  return message?.name === 'Stop-Control-Connection-Request' && (message.reason < 1 || message.reason > 3)
}
