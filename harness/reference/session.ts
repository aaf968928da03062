import type { LinkAction, PppLink } from '../ppp/link.ts'
import type { CallRegistry } from './call-registry.ts'
import type { Context } from './context.ts'
import { pppBehindCall, withSecret } from './ppp-end.ts'
import type { CallRole } from './tables.ts'
import { createTunnel } from './tunnel.ts'

export interface SessionOptions {
  /** Prefix of timer ids and log lines. */
  readonly name: string
  readonly role: CallRole
  /** Number of the call and of its PPP link; every call has another. */
  readonly serial: number
  /** The peer's address on the control connection, dotted IPv4. */
  readonly peer: string
  readonly ownCallId: number
  readonly peersCallId: number
  /** The Packet Recv. Window Size that the peer announced, in packets. */
  readonly peersWindow: number
  /** The Packet Processing Delay that the peer announced, in tenths of a second. */
  readonly peersDelay: number
  /** The Packet Recv. Window Size that we announced, in packets. */
  readonly ownWindow: number
  /** The secret by which our PPP proves its identity, in place of the configured one. */
  readonly secret: string | undefined
  /** Is called when PPP has agreed on a map of characters to escape. */
  readonly tellMap: (map: number) => void
  /** Is called when PPP is over. */
  readonly finished: () => void
}

/** The session of a call: a PPP link through the tunnel of section 4. */
export interface Session {
  /** Sends an IPv4 packet; does nothing unless PPP is up. */
  sendDatagram(octets: Uint8Array): void
  close(): void
}

interface State {
  readonly context: Context
  readonly options: SessionOptions
  /** Undefined when the session is closed. */
  link: PppLink | undefined
  isUp: boolean
  send: (frame: Uint8Array) => void
}

/** Opens the session of a call; PPP begins at once. */
export function openSession(context: Context, registry: CallRegistry, options: SessionOptions): Session {
  const { name, role, serial, ownCallId, secret } = options
  const { ppp, seed } = context.configuration
  const state: State = { context, options, link: undefined, isUp: false, send: () => {} }
  const tunnel = createTunnel(context, {
    ...options,
    peer: context.policy.tunnelAddress(options.peer, registry.registeredTunnels()),
    deliver: (frame) => follow(state, state.link?.receive(frame) ?? []),
  })
  state.send = tunnel.send
  const end = { callId: ownCallId, peer: options.peer, tunnel }
  registry.attach(end)
  state.link = pppBehindCall(withSecret(ppp, secret), { role, seed, serial, seams: context })
  follow(state, state.link.open())
  for (const packet of context.policy.early(ownCallId)) tunnel.receive(packet)
  return {
    sendDatagram: (octets) => follow(state, state.link?.sendDatagram(octets) ?? []),
    close() {
      tunnel.close()
      registry.detach(end)
      context.cancelAll(`${name}/`)
      state.link = undefined
      goDown(state)
    },
  }
}

function follow(state: State, wanted: readonly LinkAction[]): void {
  for (const action of wanted) obey(state, action)
}

function obey(state: State, action: LinkAction): void {
  const { context, options } = state
  const { name } = options
  switch (action.kind) {
    case 'send':
      state.send(action.frame)
      break
    case 'set-timer': {
      const { timer } = action
      context.after(`${name}/ppp/${timer}`, action.ms, () => follow(state, state.link?.timer(timer) ?? []))
      break
    }
    case 'cancel-timer':
      context.cancel(`${name}/ppp/${action.timer}`)
      break
    case 'opened':
      context.log(`${name}: PPP protocol 0x${action.protocol.toString(16)} opened`)
      if (action.peersMap !== undefined) options.tellMap(action.peersMap)
      break
    case 'notice':
      if ('message' in action.notice)
        context.log(`${name}: ${action.notice.kind} (${action.notice.side}): ${action.notice.message}`)
      break
    case 'network-up':
      context.log(`${name}: network-up`)
      state.isUp = true
      context.act({ ...action, kind: 'link-up', callId: options.ownCallId })
      break
    case 'network-down':
      context.log(`${name}: network-down`)
      goDown(state)
      break
    case 'datagram':
      context.act({ kind: 'datagram', callId: options.ownCallId, octets: action.octets })
      break
    case 'finished':
      options.finished()
      break
  }
}

function goDown(state: State): void {
  if (!state.isUp) return
  state.isUp = false
  state.context.act({ kind: 'link-down', callId: state.options.ownCallId })
}
