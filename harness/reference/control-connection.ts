import { controlMessage, type DecodedMessage } from '../protocol/control.ts'
import type { Framed } from '../protocol/framer.ts'
import type { ControlMessage } from '../protocol/messages.ts'
import { createCallDispatcher } from './call-dispatcher.ts'
import type { CallRegistry } from './call-registry.ts'
import type { Context } from './context.ts'
import { CONTROL_ACTIONS } from './control-actions.ts'
import { inputOf } from './control-inputs.ts'
import { startRequest } from './control-messages.ts'
import type { ControlEffects, ControlOccasion, Intention } from './control-model.ts'
import type { CallDispatcher } from './dispatcher-model.ts'
import type { Address, CallParameters, ConnectionId } from './events.ts'
import { NEW_STREAM, type Stream } from './framing.ts'
import type { OtherConnection, Peers } from './peers.ts'
import type { WaitName } from './setting.ts'
import type { ControlEnd, ControlInput, ControlState } from './tables.ts'
import { wait } from './waits.ts'

/** What a control connection is made of. Its `Intention` counts only where we opened it. */
export interface ControlConnectionOptions extends Intention {
  readonly id: ConnectionId
  readonly local: Address
  readonly remote: Address
  readonly by: 'us' | 'peer'
  /** Whether it replaces a connection that was closed because of an error. */
  readonly restarted?: boolean
}

/** The inputs that mean an error if they close the connection. */
const ERRORS: ReadonlySet<ControlInput> = new Set([
  'malformed',
  'malformed-echo-request',
  'out-of-step',
  'reply-overdue',
])

/** One TCP connection and the control connection on it (section 3.1). */
export interface ControlConnection extends OtherConnection {
  /** The TCP connection is open. */
  open(): void
  receive(octets: Uint8Array): void
  /** The peer's FIN came. */
  peerEnded(): void
  /** The TCP connection is gone. */
  gone(): void
  /** Whether it was closed because of an error: something malformed, overdue or stuck. */
  wasBroken(): boolean
  /**
   * Terminates it locally.
   * @param reason the Reason of the stop request.
   */
  stop(reason: 1 | 3): void
  /** Clears its calls and stops it, in the order that `hangingUp` of the configuration asks for. */
  hangUp(): void
  /** Places an outgoing call, as PNS; does nothing unless the connection is established. */
  placeCall(parameters?: CallParameters): void
  /** Offers an incoming call, as PAC; does nothing unless the connection is established. */
  ring(): void
}

/** The state of one control connection. */
interface Connection {
  readonly context: Context
  readonly peers: Peers
  readonly options: ControlConnectionOptions
  readonly end: ControlEnd
  /** Prefix of timers and log lines. */
  readonly name: string
  /** The peer's address, dotted IPv4. */
  readonly peer: string
  readonly calls: CallDispatcher
  readonly does: ControlEffects
  /** The interface of this connection, to tell it from the others. */
  readonly self: ControlConnection
  state: ControlState
  stream: Stream
  /** Identifier of our Echo-Request that is not yet answered. */
  echoing: number | undefined
  /** How many Echo-Requests we have sent; also the last Identifier. */
  echoes: number
  stopReason: 1 | 3
  establishedAt: number | undefined
  /** When octets last came, in ms. */
  heardAt: number
  isHangingUp: boolean
  /** Whether everything that arrives is ignored. */
  isDeaf: boolean
  /** Whether it was closed because of an error. */
  isBroken: boolean
  hasEnded: boolean
}

export function createControlConnection(
  context: Context,
  peers: Peers,
  registry: CallRegistry,
  options: ControlConnectionOptions,
): ControlConnection {
  const peer = options.remote.address
  const connection: Connection = {
    context,
    peers,
    options,
    end: options.by === 'us' ? 'originator' : 'recipient',
    name: `connection/${options.id}`,
    peer,
    calls: createCallDispatcher(context, registry, {
      peer,
      send: (message) => send(connection, message),
      giveUp: (why) => giveUp(connection, why),
      log: (text) => log(connection, text),
      hang: () => hang(connection),
      quiet: () => quiet(connection),
      released: () => stopWhenIdle(connection),
    }),
    get does() {
      return does
    },
    get self() {
      return self
    },
    state: 'idle',
    stream: NEW_STREAM,
    echoing: undefined,
    echoes: 0,
    stopReason: 1,
    establishedAt: undefined,
    heardAt: 0,
    isHangingUp: false,
    isDeaf: false,
    isBroken: false,
    hasEnded: false,
  }
  const does = effectsOf(connection)
  const self = interfaceOf(connection)
  return self
}

function interfaceOf(connection: Connection): ControlConnection {
  const { options, peer, calls } = connection
  const ifEstablished = (act: () => void) => {
    if (connection.state === 'established') act()
  }
  return {
    peer,
    originator: options.by === 'us',
    state: () => connection.state,
    loseCollision: () => apply(connection, 'collision-lost'),
    open: () => open(connection),
    receive: (octets) => receive(connection, octets),
    peerEnded: () => peerEnded(connection),
    gone: () => gone(connection),
    wasBroken: () => connection.isBroken,
    stop: (reason) => stop(connection, reason),
    hangUp() {
      connection.isHangingUp = true
      apply(connection, 'local-hang-up', { why: 'local termination' })
    },
    placeCall: (parameters) => ifEstablished(() => calls.place(parameters)),
    ring: () => ifEstablished(() => calls.ring()),
  }
}

function effectsOf(connection: Connection): ControlEffects {
  const { context, options, name, calls } = connection
  const does: ControlEffects = {
    configuration: context.configuration,
    policy: context.policy,
    calls,
    send: (message) => send(connection, message),
    log: (text) => log(connection, text),
    requestStart() {
      send(connection, startRequest(context.configuration, options.next))
      awaitReply(connection, 'start-reply')
    },
    requestStop(reason) {
      send(connection, controlMessage('Stop-Control-Connection-Request', { reason }))
      context.cancel(`${name}/silence`)
      awaitReply(connection, 'stop-reply')
    },
    stopReason: () => connection.stopReason,
    requestEcho() {
      connection.echoing = ++connection.echoes
      send(connection, controlMessage('Echo-Request', { identifier: connection.echoing }))
      awaitReply(connection, 'echo-reply')
    },
    echoAnswered() {
      connection.echoing = undefined
      context.cancel(`${name}/reply`)
      watchSilence(connection)
    },
    stopWaiting: () => context.cancel(`${name}/reply`),
    establish() {
      connection.establishedAt = context.now()
      context.cancel(`${name}/reply`)
      watchSilence(connection)
    },
    followUp: () => followUp(connection),
    loseCollisions() {
      for (const one of othersOf(connection))
        if (one.originator && one.state() === 'wait-ctl-reply') one.loseCollision()
    },
    stop: () => stop(connection, 1),
    stopWhenIdle: () => stopWhenIdle(connection),
    close: (why) => close(connection, why),
    hang: () => hang(connection),
    stopListening: () => context.act({ kind: 'stop-listening' }),
    later: (ms, act) => context.after(`${name}/later`, ms, act),
    perform: (action, occasion) => CONTROL_ACTIONS[action](does, occasion),
  }
  return does
}

/** Performs the arc of the table for an input; ignores the input if there is none. */
function apply(
  connection: Connection,
  input: ControlInput,
  { message, why }: { readonly message?: DecodedMessage; readonly why?: string } = {},
): void {
  const { context, options, end, state, peer, calls, establishedAt, does } = connection
  const occasion: ControlOccasion = {
    connection: options.id,
    peer,
    end,
    state,
    input,
    message,
    why: why ?? message?.name ?? input,
    intention: options,
    calls,
    age: establishedAt === undefined ? undefined : context.now() - establishedAt,
  }
  const step = context.arc.controlStep(occasion)
  if (step === undefined) {
    log(connection, `${message?.name ?? input} ignored in ${state}`)
    return
  }
  connection.state = step.to
  if (ERRORS.has(input) && step.to === 'closed') connection.isBroken = true
  if (typeof step.action === 'string') does.perform(step.action, occasion)
  else step.action(does, occasion)
}

function open(connection: Connection): void {
  if (connection.end === 'originator') apply(connection, 'tcp-open')
  else awaitReply(connection, 'start-request')
}

function receive(connection: Connection, octets: Uint8Array): void {
  const { context, options } = connection
  connection.heardAt = context.now()
  const { found, stream } = context.reading.frame(connection.stream, octets, options.id)
  connection.stream = stream
  for (const framed of found) {
    if (connection.state === 'closed' || connection.isDeaf) return
    take(connection, framed)
  }
}

function take(connection: Connection, framed: Framed): void {
  const { context } = connection
  if (framed.kind === 'out-of-step') {
    log(connection, framed.detail)
    apply(connection, 'out-of-step')
    return
  }
  const message = context.reading.decode(framed.octets)
  const input = inputOf(message, {
    context,
    state: connection.state,
    local: connection.options.local.address,
    peer: connection.peer,
    others: () => othersOf(connection),
    echoing: connection.echoing,
  })
  if (message.name === 'unrecognized') {
    apply(connection, input, { message, why: message.reason })
    return
  }
  // Any message restarts the timer for silence, but only an Echo-Reply ends the wait for an
  // Echo-Reply (interpretation A-30).
  if (connection.state === 'established' && connection.echoing === undefined) watchSilence(connection)
  apply(connection, input, { message })
}

function peerEnded(connection: Connection): void {
  if (connection.state !== 'closed') apply(connection, 'peer-ended', { why: 'the peer closed' })
  else close(connection, 'the peer closed')
}

function gone(connection: Connection): void {
  connection.calls.end('connection-lost')
  connection.state = 'closed'
  connection.hasEnded = true
  connection.context.cancelAll(`${connection.name}/`)
}

function stop(connection: Connection, reason: 1 | 3): void {
  connection.stopReason = reason
  apply(connection, 'local-stop', { why: 'local termination' })
}

/** Stops a connection that is hanging up, if no call is left. */
function stopWhenIdle(connection: Connection): void {
  if (connection.isHangingUp && connection.state === 'established' && connection.calls.isIdle())
    stop(connection, 1)
}

function followUp({ context, options, calls }: Connection): void {
  const next = context.policy.followUp(options.next)
  if (next === 'outgoing-call') calls.place(options.call)
  else if (next === 'incoming-call') calls.ring()
}

function othersOf({ peers, self, peer }: Connection): readonly OtherConnection[] {
  return [...peers.others()].filter((one) => one !== self && one.peer === peer)
}

function send({ context, options }: Connection, message: ControlMessage): void {
  for (const octets of context.writing.encode(message, options.restarted === true))
    context.act({ kind: 'send', connection: options.id, octets })
}

function log({ context, name }: Connection, text: string): void {
  context.log(`${name}: ${text}`)
}

/** Gives the peer a minute for a message that it has to send (sections 3 and 3.1.4). */
function awaitReply(connection: Connection, name: WaitName): void {
  const { configuration } = connection.context
  const ms = name === 'echo-reply' ? configuration.keepAlive : configuration.replyTimeOut
  startWait(connection, 'reply', name, ms, () =>
    apply(connection, 'reply-overdue', { why: 'no reply in time' }),
  )
}

function watchSilence(connection: Connection): void {
  startWait(connection, 'silence', 'silence', connection.context.configuration.keepAlive, () =>
    apply(connection, 'silence'),
  )
}

function startWait(
  connection: Connection,
  timer: string,
  name: WaitName,
  ms: number,
  over: () => void,
): void {
  const { context } = connection
  const what = { name, ms, quiet: () => quiet(connection) }
  wait(context, `${connection.name}/${timer}`, what, over)
}

/** Returns how long ago octets last came, in whole ms. */
function quiet({ context, heardAt }: Connection): number {
  return Math.round(context.now() - heardAt)
}

function hang(connection: Connection): void {
  connection.isDeaf = true
}

/** Closes the connection because of an error in a call. */
function giveUp(connection: Connection, why: string): void {
  connection.isBroken = true
  close(connection, why)
}

/** Ends the calls and sends FIN; resets TCP if the peer keeps its side open for `linger`. */
function close(connection: Connection, why: string): void {
  if (connection.hasEnded) return
  const { context, options, calls, name } = connection
  connection.hasEnded = true
  connection.state = 'closed'
  log(connection, `closed: ${why}`)
  calls.end('connection-lost')
  context.cancelAll(`${name}/`)
  context.act({ kind: 'end', connection: options.id })
  context.after(`${name}/linger`, context.configuration.linger, () =>
    context.act({ kind: 'reset', connection: options.id }),
  )
}
