import { type CallRegistry, createCallRegistry } from './call-registry.ts'
import { type Configuration, DEFAULT_CONFIGURATION } from './configuration.ts'
import { type Context, createContext } from './context.ts'
import { type ControlConnection, createControlConnection } from './control-connection.ts'
import type { Intention } from './control-model.ts'
import type { Address, Command, ConnectionId, ReferenceAction, ReferenceEvent } from './events.ts'
import { SEAMS, type Seams } from './seams.ts'

/**
 * A reference peer: PAC and PNS, recipient and originator. Pure; the same events give the same
 * actions.
 */
export interface Machine {
  /** Handles one event and returns the actions that follow. Never throws, whatever octets come. */
  handle(event: ReferenceEvent): readonly ReferenceAction[]
}

export interface ReferenceOptions {
  readonly configuration?: Partial<Configuration>
  /** The faults of a mutant; without them it does what RFC 2637 asks for. */
  readonly faults?: { readonly seams: Seams }
}

/** A connection that a command told us to open. */
interface Attempt {
  readonly number: number
  readonly to: Address
  readonly intention: Intention
  /** Whether the connection before was closed because of an error. */
  readonly restarted: boolean
}

/** The state of a reference peer. */
interface Peer {
  readonly context: Context
  readonly registry: CallRegistry
  readonly connections: Map<ConnectionId, ControlConnection>
  /** Attempts whose TCP connection is not open yet, by number. */
  readonly attempts: Map<number, Attempt>
  /** Attempts whose TCP connection is open, by its id. */
  readonly ours: Map<ConnectionId, Attempt>
  lastAttempt: number
  isShuttingDown: boolean
  /** Whether a connection that we opened is gone. */
  hasLost: boolean
}

/**
 * Makes a reference peer; without faults it does what RFC 2637 asks for, as docs/interpretations.md
 * reads it.
 */
export function createReference({
  configuration,
  faults = { seams: SEAMS },
}: ReferenceOptions = {}): Machine {
  const { context, begin, fire, end } = createContext(
    { ...DEFAULT_CONFIGURATION, ...configuration },
    faults.seams,
  )
  const peer: Peer = {
    context,
    registry: createCallRegistry(context),
    connections: new Map(),
    attempts: new Map(),
    ours: new Map(),
    lastAttempt: 0,
    isShuttingDown: false,
    hasLost: false,
  }
  return {
    handle(event) {
      begin(event.now)
      if (event.kind === 'timer') fire(event.id)
      else take(peer, event)
      return end()
    },
  }
}

function take(peer: Peer, event: Exclude<ReferenceEvent, { readonly kind: 'timer' }>): void {
  const { connections } = peer
  switch (event.kind) {
    case 'tcp-opened':
      opened(peer, event)
      break
    case 'connect-failed':
      peer.attempts.delete(event.attempt)
      peer.context.log(`connection attempt ${event.attempt} failed: ${event.detail}`)
      peer.context.act({ kind: 'attempt-over', attempt: event.attempt, why: event.detail })
      break
    case 'tcp-octets':
      connections.get(event.connection)?.receive(event.octets)
      break
    case 'tcp-ended':
      connections.get(event.connection)?.peerEnded()
      break
    case 'tcp-closed':
      closed(peer, event.connection)
      break
    case 'gre':
      tunnelled(peer, event.from, event.octets)
      break
    case 'command':
      obey(peer, event.command)
      break
  }
}

function opened(peer: Peer, event: ReferenceEvent & { readonly kind: 'tcp-opened' }): void {
  const { context, connections, registry, isShuttingDown } = peer
  const { connection: id, local, remote, by } = event
  const attempt = event.attempt === undefined ? undefined : peer.attempts.get(event.attempt)
  if (attempt !== undefined) {
    peer.attempts.delete(attempt.number)
    peer.ours.set(id, attempt)
  }
  const refusal = context.policy.refusalOfConnection({
    by,
    remote,
    isShuttingDown,
    connections: connections.size,
    limit: context.configuration.connections,
  })
  if (refusal !== undefined) {
    context.log(`connection/${id}: refused, ${refusal}`)
    context.act({ kind: 'reset', connection: id })
    return
  }
  const { intention = { next: 'nothing' as const }, restarted = false } = attempt ?? {}
  const others = { others: () => connections.values() }
  const options = { id, local, remote, by, restarted, ...intention }
  const connection = createControlConnection(context, others, registry, options)
  connections.set(id, connection)
  connection.open()
}

function start(peer: Peer, attempt: Attempt): void {
  const { context } = peer
  if (!context.policy.mayConnect(peer.hasLost)) {
    context.act({ kind: 'attempt-over', attempt: attempt.number, why: 'never again' })
    return
  }
  peer.attempts.set(attempt.number, attempt)
  context.act({ kind: 'connect', attempt: attempt.number, to: attempt.to })
}

/** TCP is gone: opens the connection again if it persists and was closed because of an error. */
function closed(peer: Peer, id: ConnectionId): void {
  const { context, isShuttingDown } = peer
  const connection = peer.connections.get(id)
  connection?.gone()
  peer.connections.delete(id)
  const attempt = peer.ours.get(id)
  peer.ours.delete(id)
  if (attempt === undefined) return
  peer.hasLost = true
  const persists = attempt.intention.persist === true
  const wasBroken = connection?.wasBroken() === true
  if (context.policy.opensAgain({ persists, wasBroken, isShuttingDown }))
    context.after(`attempt/${attempt.number}`, context.configuration.restartDelay, () =>
      start(peer, { ...attempt, restarted: true }),
    )
  else context.act({ kind: 'attempt-over', attempt: attempt.number, why: 'the connection is over' })
}

function tunnelled({ context, registry }: Peer, from: string, octets: Uint8Array): void {
  const packet = context.reading.decodePacket(octets)
  if (packet.kind !== 'gre') {
    context.log(`GRE from ${from} dropped: ${packet.reason}`)
    return
  }
  const found = context.policy.tunnelFor(packet, registry.registeredTunnels())
  if (found === undefined) context.log(`GRE from ${from} dropped: no call ${packet.callId}`)
  else if (context.policy.isFromPeer(from, found)) found.tunnel.receive(packet)
  else context.log(`GRE from ${from} dropped: call ${packet.callId} is another peer's`)
}

function obey(peer: Peer, command: Command): void {
  switch (command.name) {
    case 'start':
      dial(peer, command)
      return
    case 'place-call':
      for (const one of connectionsTo(peer, command.address)) one.placeCall()
      return
    case 'ring':
      for (const one of connectionsTo(peer, command.address)) one.ring()
      return
    case 'clear-call':
      callWith(peer, command.callId)?.input('local-terminate')
      return
    case 'hang-up':
      for (const one of connectionsTo(peer, command.address)) if (one.originator) one.hangUp()
      return
    case 'stop':
      for (const one of connectionsTo(peer, command.address)) one.stop(1)
      return
    case 'send-datagram':
      callWith(peer, command.callId)?.sendDatagram(command.octets)
      return
    case 'shut-down':
      peer.isShuttingDown = true
      for (const one of peer.connections.values()) one.stop(3)
  }
}

/**
 * Opens a control connection. An outgoing call is placed on one that we opened before, if there is
 * one: section 3.1.3 allows no second connection.
 */
function dial(peer: Peer, command: Command & { readonly name: 'start' }): void {
  const established = connectionsTo(peer, command.to.address).find(
    (one) => one.originator && one.state() === 'established',
  )
  if (established !== undefined && command.next === 'outgoing-call') {
    established.placeCall(command.call)
    return
  }
  const to = peer.context.policy.destination(command.to, command.call)
  const intention = { next: 'nothing' as const, ...command }
  start(peer, { number: ++peer.lastAttempt, to, intention, restarted: false })
}

function connectionsTo({ connections }: Peer, address: string): readonly ControlConnection[] {
  return [...connections.values()].filter((one) => one.peer === address)
}

function callWith({ registry }: Peer, ownCallId: number) {
  return registry.living().find((call) => call.ownCallId === ownCallId)
}
