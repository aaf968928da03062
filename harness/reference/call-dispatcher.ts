import type { ControlMessage } from '../protocol/messages.ts'
import { createCall } from './call.ts'
import type { CallOrigin } from './call-effects.ts'
import type { Call, CallHost } from './call-model.ts'
import type { CallRegistry } from './call-registry.ts'
import type { Context } from './context.ts'
import type { CallDispatcher, DispatcherOccasion } from './dispatcher-model.ts'
import {
  type CallInput,
  type CallMessageName,
  type CallState,
  DISPATCHER_TABLE,
  type DispatcherAction,
  type DispatcherInput,
} from './tables.ts'

const WAITING: ReadonlySet<CallState> = new Set(['wait-reply', 'wait-disconnect'])

/** The calls of one control connection; the registry holds those of all connections. */
interface Dispatcher {
  readonly context: Context
  readonly registry: CallRegistry
  readonly host: CallHost
}

export function createCallDispatcher(
  context: Context,
  registry: CallRegistry,
  host: CallHost,
): CallDispatcher {
  const dispatcher: Dispatcher = { context, registry, host }
  const inputAll = (input: CallInput) => {
    for (const call of callsOf(dispatcher)) call.input(input)
  }
  return {
    handle: (message) => handle(dispatcher, message),
    place: (parameters) => take(dispatcher, { input: 'local-open', parameters }),
    ring: () => take(dispatcher, { input: 'local-ring' }),
    clear: () => inputAll('local-terminate'),
    isIdle: () => callsOf(dispatcher).every((call) => call.state() === 'released'),
    isWaiting: () => callsOf(dispatcher).some((call) => WAITING.has(call.state())),
    end: inputAll,
  }
}

function callsOf({ registry, host }: Dispatcher): readonly Call[] {
  return registry.living().filter((call) => call.host === host)
}

function isAboutCall(message: ControlMessage): message is ControlMessage<CallMessageName> {
  return DISPATCHER_TABLE.some(({ input }) => input === message.name)
}

function handle(dispatcher: Dispatcher, message: ControlMessage): void {
  if (isAboutCall(message)) take(dispatcher, { input: message.name, message })
  else dispatcher.context.log(`${message.name} is not about a call`)
}

/** Performs the arc of the dispatcher's table for an input. */
function take(
  dispatcher: Dispatcher,
  about: { readonly input: DispatcherInput } & Partial<Pick<DispatcherOccasion, 'message' | 'parameters'>>,
): void {
  const { context, host } = dispatcher
  const { input, message, parameters } = about
  const calls = callsOf(dispatcher)
  const call = message && context.policy.callNamed(message, calls)
  const occasion: DispatcherOccasion = {
    host,
    named: call === undefined ? 'no-call' : 'a-call',
    input,
    message,
    parameters,
    call,
    calls,
  }
  const perform = (action: DispatcherAction, what: DispatcherOccasion) => ACTIONS[action](dispatcher, what)
  const step = context.arc.dispatcherStep(occasion)
  if (step === undefined) return
  if (typeof step.action === 'string') perform(step.action, occasion)
  else step.action({ perform }, occasion)
}

const ACTIONS: Readonly<
  Record<DispatcherAction, (dispatcher: Dispatcher, occasion: DispatcherOccasion) => void>
> = {
  'answer-outgoing-call'(dispatcher, { message }) {
    if (message?.name !== 'Outgoing-Call-Request') return
    const refusal = dispatcher.context.policy.refusalOfOutgoingCall(requestOf(dispatcher, message))
    answer(dispatcher, { role: 'pac-outgoing', request: message, refusal })
  },
  'answer-incoming-call'(dispatcher, { message }) {
    if (message?.name !== 'Incoming-Call-Request') return
    const refusal = dispatcher.context.policy.refusalOfIncomingCall(requestOf(dispatcher, message))
    answer(dispatcher, { role: 'pns-incoming', request: message, refusal })
  },
  'place-outgoing-call'(dispatcher, { parameters }) {
    begin(dispatcher, { role: 'pns-outgoing', parameters }, 'open')
  },
  'offer-incoming-call'(dispatcher) {
    begin(dispatcher, { role: 'pac-incoming' }, 'ring')
  },
  'hand-to-call'(_, { message, call }) {
    const input = message && inputOf(message)
    if (input !== undefined) call?.input(input, message)
  },
  note() {},
  log({ host }, { message }) {
    if (message !== undefined) host.log(`${message.name}: no such call ${namedBy(message) ?? ''}`)
  },
}

function requestOf<M>({ context, registry, host }: Dispatcher, message: M) {
  return {
    message,
    peer: host.peer,
    calls: registry.calls(),
    configuration: context.configuration,
  }
}

function answer({ context, registry, host }: Dispatcher, origin: CallOrigin): void {
  const call = createCall(context, registry, host, origin)
  call.input(origin.refusal === undefined ? 'request' : 'request-in-error', origin.request)
}

/** Begins a call from this end; does nothing if all channels are in use. */
function begin({ context, registry, host }: Dispatcher, origin: CallOrigin, input: 'open' | 'ring'): void {
  if (registry.calls().length >= context.configuration.channels) return
  createCall(context, registry, host, origin).input(input)
}

/** Returns the input that a message is to the call that it names. */
function inputOf(message: ControlMessage): CallInput | undefined {
  switch (message.name) {
    case 'Outgoing-Call-Reply':
    case 'Incoming-Call-Reply':
      return message.resultCode === 1 ? 'reply-accepted' : 'reply-refused'
    case 'Incoming-Call-Connected':
      return 'connected'
    case 'Call-Clear-Request':
      return 'clear-request'
    case 'Call-Disconnect-Notify':
      return 'disconnect-notify'
    default:
      return undefined
  }
}

/** Returns the Call ID by which a message names its call. */
function namedBy(message: ControlMessage): number | undefined {
  switch (message.name) {
    case 'Call-Clear-Request':
    case 'Call-Disconnect-Notify':
      return message.callId
    case 'Outgoing-Call-Reply':
    case 'Incoming-Call-Reply':
    case 'Incoming-Call-Connected':
    case 'WAN-Error-Notify':
    case 'Set-Link-Info':
      return message.peersCallId
    default:
      return undefined
  }
}
