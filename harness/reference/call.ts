import type { LinkAction, PppLink } from '../ppp/link.ts'
import { controlMessage } from '../protocol/control.ts'
import type { ControlMessage } from '../protocol/messages.ts'
import type { Call, CallHost, CallRole } from './call-model.ts'
import type { CallRegistry } from './call-registry.ts'
import type { Context } from './context.ts'
import { wait } from './patience.ts'
import { pppBehindCall, withSecret } from './ppp-end.ts'
import type { CallAction, CallArc, CallInput, CallState } from './tables.ts'
import { arcFor } from './transition.ts'
import { createTunnel, type Tunnel } from './tunnel.ts'

/** What the two ends exchange about a call before data can flow. */
export interface TunnelParameters {
  readonly peersWindow: number
  readonly peersDelay: number
  /** Packet Recv. Window Size that we announced, where it is not the configured one. */
  readonly ownWindow?: number | undefined
  /** By which our PPP peer proves itself, where it is not the configured one. */
  readonly secret?: string | undefined
}

/** The Result and Error Codes of a refusal, with the words for the log. */
export interface Refusal {
  readonly resultCode: number
  readonly errorCode: number
  readonly why: string
}

/** What a call machine's actions work with. */
export interface CallCore {
  readonly context: Context
  readonly host: CallHost
  readonly name: string
  readonly ownCallId: number
  /** 0 while unknown. */
  peersCallId(): number
  learnPeersCallId(callId: number): void
  openTunnel(parameters: TunnelParameters): void
  input(input: CallInput): void
}

export type CallActions = Partial<Record<CallAction, (message: ControlMessage | undefined) => void>>

/** All control characters are escaped (section 2.15). */
const DEFAULT_MAP = 0xffffffff

const PNS: ReadonlySet<CallRole> = new Set(['pns-outgoing', 'pns-incoming'])

/** States in which a minute without a transition means that something is wrong (section 3.2.1). */
const WAITING: ReadonlySet<CallState> = new Set(['wait-reply', 'wait-connect', 'wait-disconnect'])

/**
 * Makes a call in state idle and enters it into the registry, which lets go of it when it is
 * released. `actions` says what the table's actions do for this role; `release` and
 * `give-connection-up` are the same for all.
 */
export function createCall(
  context: Context,
  registry: CallRegistry,
  host: CallHost,
  role: CallRole,
  table: readonly CallArc[],
  actions: (core: CallCore) => CallActions,
): Call {
  const { configuration, faults } = context
  const ownCallId = registry.assign()
  const serial = registry.nextSerial()
  const name = `call/${serial}`
  let state: CallState = 'idle'
  let peersCallId: number | undefined
  let tunnel: Tunnel | undefined
  let link: PppLink | undefined
  let released = false
  let isUp = false

  const core: CallCore = {
    context,
    host,
    name,
    ownCallId,
    peersCallId: () => peersCallId ?? 0,
    learnPeersCallId(callId) {
      peersCallId = callId
    },
    openTunnel,
    input,
  }
  const specific = actions(core)

  function openTunnel({ peersWindow, peersDelay, ownWindow, secret }: TunnelParameters): void {
    if (tunnel !== undefined) return
    tunnel = createTunnel(context, {
      name,
      peer: anotherPeer() ?? host.peer,
      ownCallId,
      peersCallId: peersCallId ?? 0,
      peersWindow,
      peersDelay,
      ownWindow: ownWindow ?? configuration.window,
      deliver: (frame) => follow(link?.receive(frame) ?? []),
    })
    registry.attach(ownCallId, host.peer, tunnel)
    const { ppp, seed } = configuration
    if (configuration.linkInfo === 'once-connected') tellMap(DEFAULT_MAP)
    link = pppBehindCall(withSecret(ppp, secret), role, { seed, serial, faults })
    follow(link.open())
    for (const packet of registry.takeKept(ownCallId)) tunnel.receive(packet)
  }

  /** A mutant sends where the tunnel of another call leads. */
  function anotherPeer(): string | undefined {
    const other = registry.tunnelEnds().find(({ peer }) => peer !== host.peer)
    return other !== undefined && faults.has('gre-to-another-peer') ? other.peer : undefined
  }

  function follow(wanted: readonly LinkAction[]): void {
    for (const action of wanted) {
      switch (action.kind) {
        case 'send':
          tunnel?.send(action.frame)
          break
        case 'set-timer': {
          const { timer } = action
          context.after(`${name}/ppp/${timer}`, action.ms, () => follow(link?.timer(timer) ?? []))
          break
        }
        case 'cancel-timer':
          context.cancel(`${name}/ppp/${action.timer}`)
          break
        case 'opened':
          context.log(`${name}: PPP protocol 0x${action.protocol.toString(16)} opened`)
          if (action.peersMap !== undefined) tellMap(action.peersMap)
          break
        case 'notice':
          if ('message' in action.notice)
            context.log(`${name}: ${action.notice.kind} (${action.notice.side}): ${action.notice.message}`)
          break
        case 'network-up': {
          const { address, peersAddress } = action
          context.log(`${name}: network-up`)
          isUp = true
          context.act({ kind: 'link-up', callId: ownCallId, address, peersAddress })
          break
        }
        case 'network-down':
          context.log(`${name}: network-down`)
          goDown()
          break
        case 'datagram':
          context.act({ kind: 'datagram', callId: ownCallId, octets: action.octets })
          break
        case 'finished':
          input('carrier-lost')
          break
      }
    }
  }

  function goDown(): void {
    if (!isUp) return
    isUp = false
    context.act({ kind: 'link-down', callId: ownCallId })
  }

  /**
   * A PNS tells what characters the peer's PPP wants escaped, once that is agreed (section 2.15).
   */
  function tellMap(sendAccm: number): void {
    if (!PNS.has(role)) return
    const wrong = faults.has('link-info-own-call-id')
    const peersId = wrong ? ownCallId : (peersCallId ?? 0)
    host.send(controlMessage('Set-Link-Info', { peersCallId: peersId, sendAccm, receiveAccm: DEFAULT_MAP }))
  }

  function input(which: CallInput, message?: ControlMessage): void {
    const arc = arcFor(table, state, which)
    if (arc === undefined) {
      if (message !== undefined) host.unexpected(`${name}: ${message.name} ignored in ${state}`)
      const again = message?.name === 'Outgoing-Call-Reply' && state === 'established'
      if (again && faults.has('second-call-reply-ends-call')) release(which)
      return
    }
    context.cancel(`${name}/overdue`)
    state = arc.to
    specific[arc.action]?.(message)
    if (arc.action === 'give-connection-up') giveUp(arc.from)
    if (state === 'released') {
      release(which)
      host.released()
    } else if (WAITING.has(state)) watch()
  }

  function giveUp(stuckIn: CallState): void {
    if (configuration.clearsOverdueCalls && PNS.has(role) && stuckIn !== 'wait-disconnect')
      host.send(controlMessage('Call-Clear-Request', { callId: ownCallId }))
    host.giveUp(`${name}: a minute without a transition`)
  }

  function watch(): void {
    const patience = {
      id: `${name}/overdue`,
      ms: faults.has('call-reply-awaited-briefly') ? 10_000 : configuration.replyTimeOut,
      forever: 'call-reply-awaited-forever',
    } as const
    wait(context, patience, () => {
      if (state !== 'wait-connect' || !faults.has('incoming-connected-awaited-forever')) input('overdue')
    })
  }

  function release(why: CallInput): void {
    if (released) return
    released = true
    if (why === 'connection-lost') registry.lose(call)
    else if (why !== 'clear-request' || !faults.has('clear-keeps-call-id')) registry.remove(call)
    if (tunnel === undefined) return
    if (why === 'clear-request' && faults.has('clear-keeps-tunnel')) return
    if (why === 'connection-stopped' && faults.has('stop-keeps-tunnel')) return
    if (why === 'connection-lost' && faults.has('drop-keeps-tunnel')) return
    tunnel.close()
    registry.detach(ownCallId, tunnel)
    context.cancelAll(`${name}/`)
    link = undefined
    goDown()
  }

  const call: Call = {
    role,
    host,
    ownCallId,
    peersCallId: () => peersCallId,
    state: () => state,
    input,
    sendDatagram: (octets) => follow(link?.sendDatagram(octets) ?? []),
  }
  registry.add(call)
  return call
}
