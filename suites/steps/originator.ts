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
 * Preamble: makes the IUT dial, accepts its connection, and leaves its start request without a
 * reply.
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
 * Preamble: makes the IUT dial and, by a start reply with a version that no implementation
 * supports, ask to stop. @throws Inconclusive.
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

/** A call that the IUT has requested, and that waits for our reply. */
export interface CallAsked<R extends string> extends Pick<Accepted<R>, 'dial' | 'control'> {
  readonly request: Received<'Outgoing-Call-Request'>
  readonly tunnels: GreHub
}

/**
 * Preamble: makes the IUT dial, opens GRE, and leaves its call request without a reply.
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
 * @returns our end of the tunnel of the call, if the reply connects it.
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
  /** The first data that came nevertheless. */
  readonly data: ReceivedGre | undefined
  /** The close of the connection, where the IUT closed it without asking to stop. */
  readonly closed: Observation | undefined
}

/** ms within which a PPP peer begins to send in a tunnel that was connected a while ago. */
export const BEGUN = 500

/**
 * Half of the 60 s that an originator gives the reply to its call request (section 3), in ms of its
 * own time.
 */
const PATIENT = 30_000

/**
 * For how many ms a tunnel without a call is watched: `timers.tunnel`, in which a first packet
 * comes, but not so long that the IUT stops waiting for the reply.
 */
export function watching({ tunnel, speed }: TimerProfile): number {
  return Math.min(tunnel, PATIENT / speed)
}

/**
 * Watches a tunnel that should carry nothing, for there is no call: for `window` ms, but only a
 * little longer than the connection lives. Answers a stop request meanwhile.
 * @param window in ms: shorter than `watching` where the IUT is known to act sooner.
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
 * Answers an observation that is Stop-Control-Connection-Request. Such a request also clears every
 * call (section 2.3), so nothing is left to wait for.
 * @returns whether the observation was a stop request.
 */
export function answersStop<R extends string>(control: Control<R>, observation: Observation): boolean {
  if (receivedAs(observation, 'Stop-Control-Connection-Request') === undefined) return false
  control.send('Stop-Control-Connection-Reply', { resultCode: 1 })
  return true
}

/**
 * Decides that the first message of an originator whose user hangs up is Call-Clear-Request.
 * @throws Decided when another message comes or none, NotApplicable when the originator stops the
 * connection instead, which clears the call as well.
 */
export async function expectClear<R extends string>(
  t: Pick<Tester<R>, 'check' | 'timers'>,
  control: Control<R>,
  requirement: R,
): Promise<Received<'Call-Clear-Request'>> {
  const observation = await control.next(TERMINATION + t.timers.close)
  if (answersStop(control, observation))
    throw new NotApplicable(
      'the implementation hangs up by Stop-Control-Connection-Request, which clears the call as well',
    )
  const clear = receivedAs(observation, 'Call-Clear-Request')
  const { seen, entry } = observed(observation)
  t.check(requirement, evidence(clear, seen, entry), present('Call-Clear-Request'))
  if (clear === undefined) throw new Decided()
  return clear
}

/**
 * What an originator does after an attempt that failed: `ended`, `again`, or neither within
 * `waited` ms.
 */
export interface Sequel<R extends string> {
  /** The end of the dial, with what the user was told. */
  readonly ended?: DialEnd | undefined
  /** The next connection: the originator tries again. */
  readonly again?: Control<R> | undefined
  readonly waited: number
}

/** ms between two looks whether the dial has ended. */
const LOOK = 50

/**
 * Waits for the end of a dial or its next connection, whichever comes first within `window` ms.
 * Where the end of a dial cannot be observed, waits for the connection only.
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
 * A sequel in words that are the same in each run: the trace has what the user was told besides the
 * exit status.
 */
export function describeSequel({ ended, again, waited }: Sequel<string>): string {
  if (again !== undefined) return 'the client connects again'
  if (ended === undefined)
    return `the dial does not end, and the client does not connect again, within ${waited} ms`
  return `the dial ends: ${ended.status === undefined ? ended.detail : `exit status ${ended.status}`}`
}

/** A sequel as evidence. */
export function followed<R extends string>(follows: Sequel<R>): Evidence<Sequel<R>> {
  return evidence(follows, describeSequel(follows))
}

/** Whether an observation shows that the IUT ends its connection: it closes, or asks to stop. */
export const endsConnection = ends().holds

/** Expects nothing on the connection. */
export function staysSilent(expected: string): Expectation<Observation> {
  return { expected, holds: ({ kind }) => kind === 'silence' }
}

/**
 * Whether a call that has just been connected carries PPP: its PPP peer sends something, and
 * answers an LCP Configure-Request.
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
 * @param entry trace entry that shows it: that of the message about the call.
 */
export async function pppIn(t: TimedTester, tunnel: TunnelEnd, entry?: number): Promise<Evidence<boolean>> {
  return factOf(await carriesPpp(t, tunnel), describeCarrying(true), describeCarrying(false), entry)
}

/** What became of a live call after a message that is not to be executed. */
export interface Aftermath {
  /** What came next on the control connection. */
  readonly observation: Observation
  /** Whether the connection is in step and the tunnel still carries PPP. */
  readonly carries: boolean
}

/**
 * Finds out what became of a live call after a message that is not to be executed, by an
 * Echo-Request as a fence and by an LCP Configure-Request.
 */
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
 * Agrees to all that the PPP peer asks for from now on, so that it need not wait: acknowledges its
 * options and its Terminate-Request.
 * @returns the identifiers of those of our requests that it has answered; the set grows as answers
 * come.
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
 * Preamble: makes the IUT hang up once its PPP peer has sent something, and agrees to the end of
 * PPP.
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

/**
 * Preamble: waits for Call-Clear-Request after the IUT was told to hang up. @throws Inconclusive.
 */
export function clearAsked<R extends string>(
  t: Pick<Tester<R>, 'timers'>,
  control: Control<R>,
): Promise<Received<'Call-Clear-Request'>> {
  return control.await('Call-Clear-Request', TERMINATION + t.timers.close)
}

/**
 * ms that a PPP peer takes to end its link without an answer: two Terminate-Requests, 3 seconds
 * apart, before it gives up (RFC 1661 section 4.6).
 */
export const TERMINATION = 6_000
