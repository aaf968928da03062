import { PacketCode } from '../../harness/ppp/packet.ts'
import type { BodyValues } from '../../harness/protocol/messages.ts'
import { type Control, type Malformation, reaction } from '../../harness/scenario/control.ts'
import type { DialEnd } from '../../harness/scenario/dial.ts'
import { type Evidence, evidence, factOf, observed } from '../../harness/scenario/evidence.ts'
import { type Expectation, ends, present } from '../../harness/scenario/expectation.ts'
import { Decided, NotApplicable } from '../../harness/scenario/judge.ts'
import { type Observation, type Received, receivedAs } from '../../harness/scenario/observation.ts'
import type { TimerProfile } from '../../harness/scenario/profile.ts'
import {
  type Accepted,
  type DialUnderWay,
  startReply,
  type TakeOptions,
} from '../../harness/scenario/server.ts'
import type { Tester } from '../../harness/scenario/tester.ts'
import type { GreHub, ReceivedGre, TunnelEnd } from '../../harness/scenario/tunnel.ts'
import { answersConfigure, firstData, isAnswer, lcpFrame, lcpOf, spokenTo, type TimedTester } from './lcp.ts'

/** Helpers for scenarios of originators. */

/**
 * Preamble: makes it dial, and takes its connection with its start request, which stays unanswered.
 * @throws Inconclusive.
 */
export async function startAsked<R extends string>(
  t: Pick<Tester<R>, 'dial'>,
  options: TakeOptions = {},
): Promise<Accepted<R>> {
  const dial = await t.dial()
  const control = await dial.connection(options)
  return { dial, control, request: await control.await('Start-Control-Connection-Request') }
}

/**
 * Preamble: the same, and makes it ask to stop, by a version that nobody has. @throws Inconclusive.
 */
export async function stopAsked<R extends string>(
  t: Pick<Tester<R>, 'dial' | 'timers'>,
  options: TakeOptions = {},
): Promise<Control<R>> {
  const { control } = await startAsked(t, options)
  control.send('Start-Control-Connection-Reply', startReply({ protocolVersion: 0xffff }))
  await control.await('Stop-Control-Connection-Request', t.timers.request)
  return control
}

/** A call that the IUT asks for, and that waits for our reply. */
export interface CallAsked<R extends string> extends Pick<Accepted<R>, 'dial' | 'control'> {
  readonly request: Received<'Outgoing-Call-Request'>
  readonly tunnels: GreHub
}

/**
 * Preamble: makes it dial, and takes its call request, which stays unanswered; tunnels are open.
 * @throws Inconclusive.
 */
export async function callAsked<R extends string>(
  t: Pick<Tester<R>, 'accept' | 'openTunnel' | 'timers'>,
): Promise<CallAsked<R>> {
  const { dial, control } = await t.accept()
  const tunnels = await t.openTunnel()
  return { dial, control, tunnels, request: await control.await('Outgoing-Call-Request', t.timers.request) }
}

/**
 * Replies to a call request.
 * @returns our end of the tunnel that the call has if the reply connects it.
 */
export function sendCallReply<R extends string>(
  { control, request, tunnels }: CallAsked<R>,
  reply: BodyValues<'Outgoing-Call-Reply'>,
  malformation: Malformation = {},
): TunnelEnd {
  control.send('Outgoing-Call-Reply', reply, malformation)
  const { callId, packetRecvWindowSize } = request.message
  return tunnels.end(reply.callId, callId, packetRecvWindowSize)
}

/** What became of a connection on which the call was refused. */
export interface ConnectionWithoutCall {
  /** The first data that came all the same. */
  readonly data: ReceivedGre | undefined
  /** The close of the connection, where the IUT closed it without asking to stop. */
  readonly closed: Observation | undefined
}

/** ms in which a PPP peer that has a tunnel for some time has begun to talk. */
export const BEGUN = 500

/**
 * Half of the minute that an originator gives the reply to its call request (section 3.1.4), in ms
 * of its own time.
 */
const PATIENT = 30_000

/**
 * For how many ms a tunnel without a call is watched: a first packet may take `timers.tunnel`, but
 * nobody waits for a call for ever.
 */
export function watching({ tunnel, speed }: TimerProfile): number {
  return Math.min(tunnel, PATIENT / speed)
}

/**
 * What the IUT sends into a tunnel that ought to be none, for there is no call. Watches for as long
 * as `watching` says, but only a little longer than the connection lives. A stop request is
 * answered meanwhile.
 * @param window in ms, where it is known that the IUT has dealt with what it is watched for.
 */
export async function watchWithoutCall<R extends string>(
  t: Pick<Tester<R>, 'clock' | 'timers'>,
  control: Control<R>,
  tunnel: TunnelEnd,
  window = watching(t.timers),
): Promise<ConnectionWithoutCall> {
  const deadline = t.clock.now() + window
  const left = () => Math.max(0, deadline - t.clock.now())
  let stopped = false
  for (;;) {
    const observation = await control.next(left())
    if (observation.kind === 'silence') return { data: await tunnel.nextData(0), closed: undefined }
    if (observation.kind === 'closed') {
      const data = await tunnel.nextData(Math.min(BEGUN, left()))
      return { data, closed: stopped ? undefined : observation }
    }
    if (receivedAs(observation, 'Stop-Control-Connection-Request') === undefined) continue
    stopped = true
    control.send('Stop-Control-Connection-Reply', { resultCode: 1 })
  }
}

/**
 * Where an observation is the IUT's Stop-Control-Connection-Request: answers it. That clears every
 * call by the way (section 2.3), so nothing is left to wait for.
 * @returns whether it was.
 */
export function answersStop<R extends string>(control: Control<R>, observation: Observation): boolean {
  if (receivedAs(observation, 'Stop-Control-Connection-Request') === undefined) return false
  control.send('Stop-Control-Connection-Reply', { resultCode: 1 })
  return true
}

/**
 * Decides a requirement by the first thing that an originator says when its user hangs up:
 * Call-Clear-Request.
 * @throws Decided when it is none, NotApplicable when it stops the connection instead, which clears
 * the call as well.
 */
export async function expectClear<R extends string>(
  t: Pick<Tester<R>, 'check' | 'timers'>,
  control: Control<R>,
  requirement: R,
): Promise<Received<'Call-Clear-Request'>> {
  const observation = await control.next(TERMINATION + t.timers.close)
  if (answersStop(control, observation))
    throw new NotApplicable(
      'the implementation hangs up by Stop-Control-Connection-Request, which clears the call by the way',
    )
  const clear = receivedAs(observation, 'Call-Clear-Request')
  const { seen, entry } = observed(observation)
  t.check(requirement, evidence(clear, seen, entry), present('Call-Clear-Request'))
  if (clear === undefined) throw new Decided()
  return clear
}

/**
 * What an originator makes of an attempt that came to nothing; nothing within `waited` ms where
 * neither is there.
 */
export interface Sequel<R extends string> {
  /** What its user was told. */
  readonly ended?: DialEnd | undefined
  /** Its next connection: it tries again. */
  readonly again?: Control<R> | undefined
  readonly waited: number
}

/** How often it is looked whether its dial has ended, in ms. */
const LOOK = 50

/**
 * The end of a dial, or its next connection, whichever comes first within `window` ms. Where nobody
 * can tell the end, only the connection.
 */
export async function sequel<R extends string>(
  t: Pick<Tester<R>, 'clock'>,
  dial: DialUnderWay<R>,
  window: number,
): Promise<Sequel<R>> {
  const deadline = t.clock.now() + window
  while (t.clock.now() < deadline) {
    const ended = dial.tells ? await dial.ended(LOOK) : undefined
    const again = await dial.nextConnection({ window: dial.tells ? 0 : LOOK })
    if (ended !== undefined || again !== undefined) return { ended, again, waited: window }
  }
  return { waited: window }
}

/**
 * A sequel in words, the same each time: what the user was told besides the status is in the trace.
 */
export function describeSequel({ ended, again, waited }: Sequel<string>): string {
  if (again !== undefined) return 'another connection'
  if (ended === undefined) return `the client neither gave up nor connected again within ${waited} ms`
  return `the dial ends: ${ended.status === undefined ? ended.detail : `exit status ${ended.status}`}`
}

/** A sequel as evidence. */
export function followed<R extends string>(follows: Sequel<R>): Evidence<Sequel<R>> {
  return evidence(follows, describeSequel(follows))
}

/** Whether an observation shows that the IUT ends its connection: it closes, or asks to stop. */
export const endsConnection = ends().holds

/** Nothing comes on the connection. */
export function staysSilent(expected: string): Expectation<Observation> {
  return { expected, holds: ({ kind }) => kind === 'silence' }
}

/**
 * Whether a call that has just been connected comes to carry PPP: its peer begins, and answers an
 * LCP Configure-Request.
 */
export async function carriesPpp(t: TimedTester, tunnel: TunnelEnd): Promise<boolean> {
  const first = await spokenTo(t, tunnel)
  return first !== undefined && (await answersConfigure(t, tunnel))
}

/** What `carriesPpp` found, in words. */
export function describeCarrying(carries: boolean): string {
  return carries ? 'PPP in the tunnel' : 'no PPP in the tunnel'
}

/**
 * What `carriesPpp` finds, as evidence.
 * @param entry of the message that makes it find something.
 */
export async function pppIn(t: TimedTester, tunnel: TunnelEnd, entry?: number): Promise<Evidence<boolean>> {
  return factOf(await carriesPpp(t, tunnel), describeCarrying(true), describeCarrying(false), entry)
}

/** What became of a live call after a message that is not to be executed. */
export interface Aftermath {
  /** What came next on the control connection. */
  readonly observation: Observation
  /** Whether that shows a connection in step, and PPP lives in the tunnel. */
  readonly carries: boolean
}

/** Looks at a live call after such a message, by an Echo-Request as a fence and by PPP. */
export async function aftermath<R extends string>(
  t: TimedTester,
  control: Control<R>,
  tunnel: TunnelEnd,
): Promise<Evidence<Aftermath>> {
  const fence = t.unique()
  control.send('Echo-Request', { identifier: fence })
  const observation = await control.next()
  const { seen, entry } = observed(observation)
  if (!reaction.ignores(fence).matches(observation))
    return evidence({ observation, carries: false }, seen, entry)
  const carries = await answersConfigure(t, tunnel, t.timers.reply)
  return evidence({ observation, carries }, `the connection goes on, ${describeCarrying(carries)}`, entry)
}

/** Whether an observation is Call-Clear-Request: the IUT gives its call up in good order. */
export function clearsCall(observation: Observation): boolean {
  return receivedAs(observation, 'Call-Clear-Request') !== undefined
}

/**
 * Answers all that comes through a tunnel from now on, so that the PPP peer has no reason to wait:
 * acknowledges its options, and the end of the link.
 * @returns the identifiers of our requests that it answers, as it goes on.
 */
export function agreeWithPeer(tunnel: TunnelEnd): ReadonlySet<number> {
  const answered = new Set<number>()
  tunnel.listen((received) => {
    const packet = lcpOf(received)
    if (packet?.code === PacketCode.configureRequest)
      tunnel.send(lcpFrame(PacketCode.configureAck, packet.identifier, packet.data))
    else if (packet?.code === PacketCode.terminateRequest)
      tunnel.send(lcpFrame(PacketCode.terminateAck, packet.identifier))
    else if (packet !== undefined && isAnswer(packet)) answered.add(packet.identifier)
  })
  return answered
}

/**
 * Preamble: makes it hang up when its PPP peer has spoken, and lets that end PPP as it likes.
 * @returns as `agreeWithPeer`.
 * @throws Inconclusive.
 */
export async function hangUpLive<R extends string>(
  t: TimedTester,
  dial: DialUnderWay<R>,
  tunnel: TunnelEnd,
): Promise<ReadonlySet<number>> {
  await firstData(t, tunnel)
  const answered = agreeWithPeer(tunnel)
  await dial.hangUp()
  return answered
}

/** Preamble: waits for Call-Clear-Request after hanging up. @throws Inconclusive. */
export function clearAsked<R extends string>(
  t: Pick<Tester<R>, 'timers'>,
  control: Control<R>,
): Promise<Received<'Call-Clear-Request'>> {
  return control.await('Call-Clear-Request', TERMINATION + t.timers.close)
}

/**
 * A PPP peer that nobody answers asks twice for the end of the link, 3 seconds apart, before it
 * gives up (RFC 1661, section 4.6), in ms.
 */
export const TERMINATION = 6_000
