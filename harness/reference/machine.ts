import { PPTP_PORT } from '../protocol/messages.ts'
import { createCallRegistry } from './call-registry.ts'
import { type Configuration, DEFAULT_CONFIGURATION } from './configuration.ts'
import { createContext } from './context.ts'
import { type ControlConnection, createControlConnection, type Intention } from './control-connection.ts'
import type { Address, Command, ConnectionId, ReferenceAction, ReferenceEvent } from './events.ts'
import { createFaults, type Faults } from './faults.ts'
import { readPacket } from './gre-faults.ts'

/**
 * A reference peer: PAC and PNS, recipient and originator. Pure; the same events give the same
 * actions.
 */
export interface Machine {
  /** Never throws, whatever the octets. */
  handle(event: ReferenceEvent): readonly ReferenceAction[]
}

export interface ReferenceOptions {
  readonly configuration?: Partial<Configuration>
  readonly faults?: Faults
}

/** A connection that we were told to open. */
interface Attempt {
  readonly number: number
  readonly to: Address
  readonly intention: Intention
  /** The connection before was closed over an error. */
  readonly restarted: boolean
}

/**
 * Makes a reference peer; without faults it does what RFC 2637 asks for, as docs/interpretations.md
 * reads it.
 */
export function createReference({ configuration, faults = createFaults() }: ReferenceOptions = {}): Machine {
  const settings: Configuration = { ...DEFAULT_CONFIGURATION, ...configuration }
  const { context, begin, fire, end } = createContext(settings, faults)
  const registry = createCallRegistry(context)
  const connections = new Map<ConnectionId, ControlConnection>()
  /** Those whose connection is still to come, then those that have it, by its id. */
  const attempts = new Map<number, Attempt>()
  const ours = new Map<ConnectionId, Attempt>()
  let lastAttempt = 0
  let shuttingDown = false
  let accepted = false
  /** A connection that we opened is gone. */
  let lost = false

  const peers = { siblings: () => connections.values() }

  function opened(event: ReferenceEvent & { readonly kind: 'tcp-opened' }): void {
    const { connection: id, local, remote, by, attempt: number } = event
    const attempt = number === undefined ? undefined : attempts.get(number)
    if (attempt !== undefined) {
      attempts.delete(attempt.number)
      ours.set(id, attempt)
    }
    if (shuttingDown || connections.size >= settings.connections) {
      context.log(`connection/${id}: refused, ${shuttingDown ? 'shutting down' : 'too many'}`)
      context.act({ kind: 'reset', connection: id })
      return
    }
    if (accepted && by === 'peer' && faults.has('accepts-once')) {
      context.act({ kind: 'reset', connection: id })
      return
    }
    if (by === 'peer' && remote.port === PPTP_PORT && faults.has('refuses-own-port')) {
      context.act({ kind: 'reset', connection: id })
      return
    }
    accepted = true
    const { intention = { next: 'nothing' as const }, restarted = false } = attempt ?? {}
    const options = { id, local, remote, by, restarted, ...intention }
    const connection = createControlConnection(context, peers, registry, options)
    connections.set(id, connection)
    connection.open()
  }

  function start(attempt: Attempt): void {
    if (lost && faults.has('dials-once')) {
      context.act({ kind: 'attempt-over', attempt: attempt.number, why: 'never again' })
      return
    }
    attempts.set(attempt.number, attempt)
    context.act({ kind: 'connect', attempt: attempt.number, to: attempt.to })
  }

  /** TCP is gone. Who persists tries again where an error was the reason. */
  function closed(id: ConnectionId): void {
    const connection = connections.get(id)
    connection?.gone()
    connections.delete(id)
    const attempt = ours.get(id)
    ours.delete(id)
    if (attempt === undefined) return
    lost = true
    const again = attempt.intention.persist === true && connection?.wasBroken() === true && !shuttingDown
    if (again && !faults.has('never-restarts'))
      context.after(`attempt/${attempt.number}`, settings.restartDelay, () =>
        start({ ...attempt, restarted: true }),
      )
    else context.act({ kind: 'attempt-over', attempt: attempt.number, why: 'the connection is over' })
  }

  function tunnelled(from: string, octets: Uint8Array): void {
    const halfway = [...connections.values()].some((one) => one.isHalfway())
    if (halfway && faults.has('half-message-stalls-tunnel')) return
    const packet = readPacket(octets, faults)
    if (typeof packet === 'string') {
      context.log(`GRE from ${from} dropped: ${packet}`)
      return
    }
    const found = firstTunnel(packet.callId) ?? registry.tunnelEnd(packet.callId) ?? anyTunnel()
    if (found === undefined) {
      context.log(`GRE from ${from} dropped: no call ${packet.callId}`)
      if (faults.has('gre-keeps-early-packets')) registry.keep(packet.callId, packet)
    } else if (found.peer !== from && !faults.has('gre-ignores-source'))
      context.log(`GRE from ${from} dropped: call ${packet.callId} is another peer's`)
    else found.tunnel.receive(packet)
  }

  /** A mutant that does not look at the Call ID takes whatever tunnel there is. */
  function anyTunnel() {
    const [end] = registry.tunnelEnds()
    return end !== undefined && faults.has('gre-accepts-other-call-id') ? end : undefined
  }

  /** A mutant that takes every packet for one of the first call. */
  function firstTunnel(callId: number) {
    const [end, second] = registry.tunnelEnds()
    if (second === undefined || end === registry.tunnelEnd(callId)) return undefined
    return faults.has('gre-first-call-takes-all') ? end : undefined
  }

  function obey(command: Command): void {
    switch (command.name) {
      case 'start': {
        const open = command.next === 'outgoing-call' ? standing(command.to.address) : undefined
        if (open !== undefined) {
          open.placeCall(command.call)
          return
        }
        const intention = { next: 'nothing' as const, ...command }
        start({ number: ++lastAttempt, to: destination(command), intention, restarted: false })
        return
      }
      case 'place-call':
        for (const one of to(command.address)) one.placeCall()
        return
      case 'ring':
        for (const one of to(command.address)) one.ring()
        return
      case 'clear-call':
        registry
          .calls()
          .find((call) => call.ownCallId === command.callId)
          ?.input('local-terminate')
        return
      case 'hang-up':
        for (const one of to(command.address)) if (one.originator) one.hangUp()
        return
      case 'stop':
        for (const one of to(command.address)) one.stop(1)
        return
      case 'send-datagram':
        registry
          .calls()
          .find((call) => call.ownCallId === command.callId)
          ?.sendDatagram(command.octets)
        return
      case 'shut-down':
        shuttingDown = true
        for (const one of connections.values()) one.stop(3)
    }
  }

  /** A mutant takes the number to dial for the port. */
  function destination({ to, call }: Command & { readonly name: 'start' }): Address {
    const number = call?.phoneNumber
    if (number === undefined || !faults.has('number-taken-for-port')) return to
    return { ...to, port: Number.parseInt(number, 10) & 0xffff }
  }

  /**
   * The established connection that we opened to an address, if there is one: section 3.1.3 allows
   * no second.
   */
  function standing(address: string): ControlConnection | undefined {
    return to(address).find((one) => one.originator && one.state() === 'established')
  }

  const to = (address: string) => [...connections.values()].filter((one) => one.peer === address)

  return {
    handle(event) {
      begin(event.now)
      switch (event.kind) {
        case 'tcp-opened':
          opened(event)
          break
        case 'connect-failed':
          attempts.delete(event.attempt)
          context.log(`connection attempt ${event.attempt} failed: ${event.detail}`)
          context.act({ kind: 'attempt-over', attempt: event.attempt, why: event.detail })
          break
        case 'tcp-octets':
          connections.get(event.connection)?.receive(event.octets)
          break
        case 'tcp-ended':
          connections.get(event.connection)?.peerEnded()
          break
        case 'tcp-closed':
          closed(event.connection)
          break
        case 'gre':
          tunnelled(event.from, event.octets)
          break
        case 'timer':
          fire(event.id)
          break
        case 'command':
          obey(event.command)
          break
      }
      return end()
    },
  }
}
