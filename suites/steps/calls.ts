import { type BodyValues, type ControlMessage, GeneralError } from '../../harness/protocol/messages.ts'
import { type Alternative, type Control, describeMessage, reaction } from '../../harness/scenario/control.ts'
import { type Evidence, factOf } from '../../harness/scenario/evidence.ts'
import { Inconclusive } from '../../harness/scenario/judge.ts'
import { type Received, receivedAs } from '../../harness/scenario/observation.ts'
import { startRequest, type Tester } from '../../harness/scenario/tester.ts'
import type { Call, GreHub, TunnelEnd } from '../../harness/scenario/tunnel.ts'
import { answersConfigure, firstData } from './lcp.ts'

/** Outgoing calls, with the tester as PNS. */

/** A call that was requested, and whose reply is due. */
export interface Requested<R extends string> {
  readonly control: Control<R>
  readonly tunnels: GreHub
  readonly request: BodyValues<'Outgoing-Call-Request'>
}

/**
 * Preamble: opens GRE and a control connection, and sends Outgoing-Call-Request. @throws
 * Inconclusive.
 */
export async function requestCall<R extends string>(
  t: Tester<R>,
  values: Partial<BodyValues<'Outgoing-Call-Request'>> = {},
): Promise<Requested<R>> {
  const tunnels = await t.openTunnel()
  const control = await t.establish()
  const request = t.callRequest(values)
  control.send('Outgoing-Call-Request', request)
  return { control, tunnels, request }
}

/** The call is refused, for any reason. */
export const REFUSES: Alternative = reaction.answers(
  'Outgoing-Call-Reply',
  (reply) => reply.resultCode !== 1,
  'the implementation refuses the call',
)

/**
 * The call is connected all the same, which is only a warning. It matches any reply, so it comes
 * after `REFUSES`.
 */
export const ACCEPTS_ALL_THE_SAME: Alternative = reaction.answers(
  'Outgoing-Call-Reply',
  () => true,
  'the implementation accepts the call',
  'warn',
)

/**
 * Sends a call request with `values`, and decides that the call is refused, or that the connection
 * closes.
 * @param tolerated further alternatives, after these.
 * @returns the connection, and the reply, if one came.
 */
export async function expectRefusal<R extends string>(
  t: Tester<R>,
  requirement: R,
  values: Partial<BodyValues<'Outgoing-Call-Request'>>,
  ...tolerated: readonly Alternative[]
): Promise<{ readonly control: Control<R>; readonly reply: Received<'Outgoing-Call-Reply'> | undefined }> {
  const { control } = await requestCall(t, values)
  const alternatives = [REFUSES, reaction.closes(), ...tolerated] as const
  const observation = await control.expectOneOf(requirement, alternatives, t.timers.call)
  return { control, reply: receivedAs(observation, 'Outgoing-Call-Reply') }
}

/**
 * Preamble: a call on a control connection of its own, whose PPP peer has spoken. @throws
 * Inconclusive.
 */
export async function liveCall<R extends string>(
  t: Tester<R>,
  options: Parameters<typeof t.establish>[1] = {},
): Promise<Call & { readonly control: Control<R> }> {
  const control = await t.establish({}, options)
  const call = await t.placeCall(control)
  await firstData(t, call.tunnel)
  return { control, ...call }
}

/**
 * Preamble: a control connection, and what the IUT announces in its start reply. @throws
 * Inconclusive.
 */
export async function introduced<R extends string>(
  t: Tester<R>,
): Promise<{
  readonly control: Control<R>
  readonly start: ControlMessage<'Start-Control-Connection-Reply'>
}> {
  const control = await t.connect()
  control.send('Start-Control-Connection-Request', startRequest())
  return { control, start: (await control.await('Start-Control-Connection-Reply')).message }
}

/**
 * Whether a control connection and a call on it go on, as evidence.
 * @param entry trace entry that shows it: that of the message before.
 */
export async function bothLive<R extends string>(
  t: Tester<R>,
  control: Control<R>,
  tunnel: TunnelEnd,
  entry: number | undefined,
): Promise<Evidence<boolean>> {
  const isAlive = await control.isAlive()
  return factOf(
    isAlive && (await answersConfigure(t, tunnel)),
    'Echo-Request and LCP Configure-Request are answered',
    `${isAlive ? 'LCP Configure-Request' : 'Echo-Request'} draws no answer`,
    entry,
  )
}

/**
 * Sends a call request with `values`, and decides that none of them is refused as Bad-Value: the
 * call is connected, or refused for another reason.
 * @returns the reply, if one came.
 */
export async function expectLegalCall<R extends string>(
  t: Tester<R>,
  control: Control<R>,
  requirement: R,
  values: Partial<BodyValues<'Outgoing-Call-Request'>>,
): Promise<Received<'Outgoing-Call-Reply'> | undefined> {
  await t.openTunnel()
  control.send('Outgoing-Call-Request', t.callRequest(values))
  const observation = await control.expectOneOf(
    requirement,
    [
      reaction.answers(
        'Outgoing-Call-Reply',
        (reply) => reply.resultCode === 1,
        'the implementation connects the call',
      ),
      reaction.answers(
        'Outgoing-Call-Reply',
        (reply) => !isBadValue(reply),
        'the implementation refuses the call, but not with Error Code 3 (Bad-Value)',
      ),
    ],
    t.timers.call,
  )
  return receivedAs(observation, 'Outgoing-Call-Reply')
}

/**
 * @throws Inconclusive when a call fails for a reason that lies in its line, or because the IUT
 * takes no outgoing calls: neither has to do with the values of the request.
 */
export function requireLine({ message }: Received<'Outgoing-Call-Reply'>): void {
  if (LINE_FAILURES.has(message.resultCode)) throw new Inconclusive(`no call: ${describeMessage(message)}`)
}

/** No Carrier, Busy, No Dial Tone, Time-out and Do Not Accept (section 2.8). */
const LINE_FAILURES: ReadonlySet<number> = new Set([3, 4, 5, 6, 7])

/** Whether a reply says Bad-Value. */
export function isBadValue(reply: { readonly resultCode: number; readonly errorCode: number }): boolean {
  return reply.resultCode === 2 && reply.errorCode === GeneralError.badValue
}
