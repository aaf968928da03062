import { controlMessage } from '../protocol/control.ts'
import type { ControlMessage } from '../protocol/messages.ts'
import type { Call, CallHost, CallRole } from './call-model.ts'
import type { CallRegistry } from './call-registry.ts'
import type { Context } from './context.ts'
import type { CallWishes } from './events.ts'
import { answerIncomingCall, offerIncomingCall } from './incoming-call.ts'
import { answerOutgoingCall, placeOutgoingCall } from './outgoing-call.ts'
import type { CallState } from './tables.ts'

/** The calls of one control connection: finds the call that a message is about. */
export interface CallDesk {
  /** Takes any message of the groups Call Management, Error Reporting and PPP Session Control. */
  handle(message: ControlMessage): void
  place(wishes?: CallWishes): void
  ring(): void
  /** Ends its calls the way their user would. */
  clear(): void
  /** Whether it has no call. */
  isIdle(): boolean
  /**
   * Whether a call of its own waits for the peer's reply, or for the notification that it is
   * cleared.
   */
  isWaiting(): boolean
  /** The control connection is over, by agreement or not, and its calls with it. */
  end(why: 'connection-stopped' | 'connection-lost'): void
}

const AS_PAC: ReadonlySet<CallRole> = new Set(['pac-outgoing', 'pac-incoming'])
const AS_PNS: ReadonlySet<CallRole> = new Set(['pns-outgoing', 'pns-incoming'])
const WAITING: ReadonlySet<CallState> = new Set(['wait-reply', 'wait-disconnect'])

export function createCallDesk(context: Context, registry: CallRegistry, host: CallHost): CallDesk {
  const { faults, configuration } = context
  /** Whether a call was ever requested here. */
  let called = false
  const calls = () => registry.living().filter((call) => call.host === host)
  const own = (callId: number, roles: ReadonlySet<CallRole>) =>
    calls().find((call) => call.ownCallId === callId && roles.has(call.role))
  const peers = (callId: number, roles: ReadonlySet<CallRole>) =>
    calls().find((call) => call.peersCallId() === callId && roles.has(call.role))
  const mine = (role: CallRole): ReadonlySet<CallRole> => new Set([role])

  function unknown(message: ControlMessage, callId: number): void {
    host.unexpected(`${message.name}: no such call ${callId}`)
  }

  function answer(
    call: Call | undefined,
    message: ControlMessage & { readonly resultCode: number },
    id: number,
  ) {
    if (call === undefined) unknown(message, id)
    else call.input(message.resultCode === 1 ? 'reply-accepted' : 'reply-refused', message)
    if (message.resultCode !== 1 && faults.has('refused-call-closes')) host.giveUp('its call was refused')
  }

  function clear(message: ControlMessage<'Call-Clear-Request'>): void {
    const call = peers(message.callId, AS_PAC)
    if (call !== undefined) {
      if (!faults.has('clear-ignored')) call.input('clear-request', message)
      return
    }
    // Nothing to answer with: a notification would need a Call ID of ours (interpretation A-05).
    unknown(message, message.callId)
    if (faults.has('clear-unknown-kills-calls'))
      for (const one of calls()) one.input('clear-request', message)
    if (faults.has('clear-unknown-closes')) host.giveUp('a clear request for no call')
  }

  function disconnect(message: ControlMessage<'Call-Disconnect-Notify'>): void {
    const call = peers(message.callId, AS_PNS) ?? abandoned() ?? mistaken(message.callId)
    if (call === undefined) {
      unknown(message, message.callId)
      return
    }
    if (faults.has('disconnect-notify-ignored')) return
    if (message.resultCode !== 1 && faults.has('disconnect-notify-one-code')) return
    if (message.callStatistics.length === 128 && faults.has('disconnect-notify-full-statistics-ignored'))
      return
    call.input('disconnect-notify', message)
    if (faults.has('disconnect-notify-closes')) host.giveUp('its call is over')
  }

  /**
   * A mutant takes a notification with our own Call ID, or with any at all, for one of its call.
   */
  function mistaken(callId: number): Call | undefined {
    const ours = own(callId, AS_PNS)
    if (ours !== undefined && faults.has('disconnect-notify-by-own-call-id')) return ours
    const [first] = calls().filter(({ role }) => AS_PNS.has(role))
    return first !== undefined && faults.has('disconnect-notify-any-call') ? first : undefined
  }

  /**
   * The one call cleared before the PAC told its Call ID: whatever the notification carries is
   * about it (interpretation A-04).
   */
  function abandoned(): Call | undefined {
    const waiting = calls().filter(
      (call) => call.state() === 'wait-disconnect' && call.peersCallId() === undefined,
    )
    return waiting.length === 1 ? waiting[0] : undefined
  }

  /** A mutant that does not look at the Call ID takes whatever call waits for its reply. */
  function anyUnanswered(): Call | undefined {
    const waiting = calls().find((call) => call.role === 'pns-outgoing' && call.state() === 'wait-reply')
    return waiting !== undefined && faults.has('call-reply-any-call') ? waiting : undefined
  }

  /**
   * A mutant that does not look at the Call ID takes whatever incoming call waits to be connected.
   */
  function anyWaiting(): Call | undefined {
    const waiting = calls().find((call) => call.role === 'pns-incoming' && call.state() === 'wait-connect')
    return waiting !== undefined && faults.has('incoming-connected-any-call') ? waiting : undefined
  }

  function setLinkInfo(message: ControlMessage<'Set-Link-Info'>): void {
    // The maps concern a line that is not there in voluntary tunnelling (interpretation A-07).
    if (faults.has('set-link-info-closes')) host.giveUp('Set-Link-Info')
    else if (faults.has('set-link-info-answers')) host.send(controlMessage('Echo-Reply', { resultCode: 1 }))
    const call = own(message.peersCallId, AS_PAC)
    if (call === undefined) {
      unknown(message, message.peersCallId)
      if (faults.has('set-link-info-unknown-closes')) host.giveUp('Set-Link-Info for no call')
      return
    }
    if (faults.has('set-link-info-returned'))
      host.send(controlMessage('Set-Link-Info', { peersCallId: call.peersCallId() ?? 0, sendAccm: 0 }))
    if (faults.has('set-link-info-clears-call')) call.input('local-terminate')
    else if (message.sendAccm !== 0 && faults.has('set-link-info-escapes'))
      registry.tunnelEnd(call.ownCallId)?.tunnel.escape(message.sendAccm)
  }

  return {
    handle(message) {
      switch (message.name) {
        case 'Outgoing-Call-Request':
          if (calls().length > 0 && faults.has('refuses-second-call')) host.giveUp('a second call')
          else if (called && faults.has('one-call-per-connection')) host.giveUp('another call')
          else {
            if (calls().length > 0 && faults.has('second-call-replaces-first'))
              for (const call of calls()) call.input('connection-lost')
            answerOutgoingCall(context, registry, host, message)
          }
          called = true
          break
        case 'Incoming-Call-Request':
          answerIncomingCall(context, registry, host, message)
          break
        case 'Outgoing-Call-Reply':
          answer(
            own(message.peersCallId, mine('pns-outgoing')) ?? anyUnanswered(),
            message,
            message.peersCallId,
          )
          break
        case 'Incoming-Call-Reply':
          answer(own(message.peersCallId, mine('pac-incoming')), message, message.peersCallId)
          break
        case 'Incoming-Call-Connected': {
          const call = own(message.peersCallId, mine('pns-incoming')) ?? anyWaiting()
          if (call === undefined) {
            unknown(message, message.peersCallId)
            if (faults.has('incoming-connected-returned')) host.send(message)
          } else if (!faults.has('incoming-connected-ignored')) call.input('connected', message)
          break
        }
        case 'Call-Clear-Request':
          clear(message)
          break
        case 'Call-Disconnect-Notify':
          disconnect(message)
          break
        case 'WAN-Error-Notify':
          if (own(message.peersCallId, AS_PNS) === undefined) unknown(message, message.peersCallId)
          else if (faults.has('wan-error-returned')) host.send(message)
          if (faults.has('wan-error-closes')) host.giveUp('WAN-Error-Notify')
          break
        case 'Set-Link-Info':
          setLinkInfo(message)
          break
        default:
          context.log(`${message.name} is not about a call`)
      }
    },
    place: (wishes) => {
      if (calls().length > 0 && faults.has('second-call-replaces-first'))
        for (const call of calls()) call.input('connection-lost')
      if (registry.calls().length < configuration.channels) placeOutgoingCall(context, registry, host, wishes)
    },
    ring: () => {
      if (registry.calls().length < configuration.channels) offerIncomingCall(context, registry, host)
    },
    clear() {
      for (const call of calls()) call.input('local-terminate')
    },
    isIdle: () => calls().every((call) => call.state() === 'released'),
    isWaiting: () => calls().some((call) => WAITING.has(call.state())),
    end(why) {
      for (const call of calls()) call.input(why)
    },
  }
}
