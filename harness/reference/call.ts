import { controlMessage } from '../protocol/control.ts'
import type { ControlMessage } from '../protocol/messages.ts'
import { CALL_ACTIONS } from './call-actions.ts'
import type { CallEffects, CallOrigin, SessionParameters } from './call-effects.ts'
import type { Call, CallHost } from './call-model.ts'
import { AS_PNS } from './call-policy.ts'
import type { CallRegistry } from './call-registry.ts'
import type { Context } from './context.ts'
import { openSession, type Session } from './session.ts'
import type { WaitName } from './setting.ts'
import type { CallInput, CallState } from './tables.ts'
import { wait } from './waits.ts'

/** The map by which all control characters are escaped (section 2.15). */
const DEFAULT_MAP = 0xffffffff

/** The states that must be left within a minute (section 3.2.1), and the wait in each. */
const WAITING: Readonly<Partial<Record<CallState, WaitName>>> = {
  'wait-reply': 'call-reply',
  'wait-connect': 'call-connected',
  'wait-disconnect': 'call-disconnected',
}

/** The state of one call. */
interface CallRecord {
  readonly context: Context
  readonly registry: CallRegistry
  readonly host: CallHost
  readonly origin: CallOrigin
  readonly name: string
  readonly serial: number
  readonly ownCallId: number
  state: CallState
  peersCallId: number | undefined
  session: Session | undefined
  isReleased: boolean
}

/**
 * Makes a call in state idle and adds it to the registry, from which it is removed when it is
 * released. A refused call is not added.
 */
export function createCall(
  context: Context,
  registry: CallRegistry,
  host: CallHost,
  origin: CallOrigin,
): Call {
  const isRefused = origin.refusal !== undefined
  const ownCallId = isRefused ? 0 : registry.assign()
  const serial = isRefused ? 0 : registry.nextSerial()
  const record: CallRecord = {
    context,
    registry,
    host,
    origin,
    name: `call/${serial}`,
    serial,
    ownCallId,
    state: 'idle',
    peersCallId: undefined,
    session: undefined,
    isReleased: false,
  }
  const call: Call = {
    role: origin.role,
    host,
    ownCallId,
    peersCallId: () => record.peersCallId,
    state: () => record.state,
    input: (which, message) => input(record, does, which, message),
    sendDatagram: (octets) => record.session?.sendDatagram(octets),
  }
  const does = effectsOf(record, call)
  if (!isRefused) registry.add(call)
  return call
}

function effectsOf(record: CallRecord, call: Call): CallEffects {
  const { context, host, name } = record
  const does: CallEffects = {
    configuration: context.configuration,
    policy: context.policy,
    host,
    call,
    name,
    log: context.log,
    peersCallId: () => record.peersCallId ?? 0,
    learnPeersCallId(callId) {
      record.peersCallId = callId
    },
    openSession: (parameters) => open(record, call, parameters),
    later: (timer, ms, act) => context.after(`${name}/${timer}`, ms, act),
    perform: (action, occasion) => CALL_ACTIONS[record.origin.role][action]?.(does, occasion),
  }
  return does
}

/** Performs the arc of the role's table for an input; ignores the input if there is none. */
function input(record: CallRecord, does: CallEffects, which: CallInput, message?: ControlMessage): void {
  const { context, host, name, origin, state } = record
  const occasion = { ...origin, state, input: which, message }
  const step = context.arc.callStep(occasion)
  if (step === undefined) {
    if (message !== undefined) host.log(`${name}: ${message.name} ignored in ${state}`)
    return
  }
  context.cancel(`${name}/overdue`)
  record.state = step.to
  if (typeof step.action === 'string') does.perform(step.action, occasion)
  else step.action(does, occasion)
  if (record.state !== 'released') watch(record, does)
  else if (state !== 'released') {
    release(record, does.call, which)
    host.released()
  }
}

function watch(record: CallRecord, { call }: CallEffects): void {
  const { context, host, name, state } = record
  const waiting = WAITING[state]
  if (waiting === undefined) return
  const { replyTimeOut } = context.configuration
  wait(context, `${name}/overdue`, { name: waiting, ms: replyTimeOut, quiet: host.quiet }, () =>
    call.input('overdue'),
  )
}

function open(record: CallRecord, call: Call, parameters: SessionParameters): void {
  if (record.session !== undefined) return
  const { context, registry, host, origin, name, serial, ownCallId } = record
  const { parameters: requested = {} } = origin
  if (context.configuration.linkInfo === 'once-connected') tellMap(record, DEFAULT_MAP)
  record.session = openSession(context, registry, {
    name,
    role: origin.role,
    serial,
    peer: host.peer,
    ownCallId,
    peersCallId: record.peersCallId ?? 0,
    ...parameters,
    ownWindow: requested.window ?? context.configuration.window,
    secret: requested.secret,
    tellMap: (map) => tellMap(record, map),
    finished: () => call.input('carrier-lost'),
  })
}

/**
 * As PNS: sends Set-Link-Info with the map of characters that the peer's PPP wants escaped (section
 * 2.15).
 */
function tellMap({ context, host, origin, ownCallId, peersCallId }: CallRecord, sendAccm: number): void {
  if (!AS_PNS.has(origin.role)) return
  const named = context.policy.callIdIn('Set-Link-Info', { own: ownCallId, peers: peersCallId ?? 0 })
  host.send(controlMessage('Set-Link-Info', { peersCallId: named, sendAccm, receiveAccm: DEFAULT_MAP }))
}

function release(record: CallRecord, call: Call, why: CallInput): void {
  if (record.isReleased) return
  record.isReleased = true
  record.registry.remove(call)
  const isOver = record.context.policy.endsSession(call, why, record.session !== undefined)
  if (isOver) record.session?.close()
}
