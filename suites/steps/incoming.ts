import { PacketCode } from '../../harness/ppp/packet.ts'
import type { BodyValues } from '../../harness/protocol/messages.ts'
import { type Control, reaction } from '../../harness/scenario/control.ts'
import type { EitherTester, SharedTester } from '../../harness/scenario/either.ts'
import { arrivalOf, type Evidence, factOf, shownBy } from '../../harness/scenario/evidence.ts'
import { Inconclusive } from '../../harness/scenario/judge.ts'
import { describeMessage, type Received } from '../../harness/scenario/observation.ts'
import type { GreHub, ReceivedGre, TunnelEnd } from '../../harness/scenario/tunnel.ts'
import { isBadValue } from './calls.ts'
import { comesToAnswer, lcpFrame } from './lcp.ts'

/** Incoming calls, with the tester as PAC. */

/** Values for an Incoming-Call-Request that any PNS should be able to read. */
export function incomingRequest<R extends string>(
  t: SharedTester<R>,
  values: Partial<BodyValues<'Incoming-Call-Request'>> = {},
): BodyValues<'Incoming-Call-Request'> {
  return {
    callId: t.unique() & 0xffff,
    callSerialNumber: t.unique() & 0xffff,
    callBearerType: 1,
    physicalChannelId: 1,
    dialedNumberLength: 3,
    dialingNumberLength: 3,
    dialedNumber: '100',
    dialingNumber: '200',
    subaddress: '',
    ...values,
  }
}

/** A call that is offered to the PNS, which has not replied yet. */
export interface Ringing<R extends string> {
  readonly control: Control<R>
  readonly tunnels: GreHub
  readonly request: BodyValues<'Incoming-Call-Request'>
}

/** Preamble: a control connection on which a call is offered. @throws Inconclusive. */
export async function ring<R extends string>(
  t: EitherTester<R>,
  values: Partial<BodyValues<'Incoming-Call-Request'>> = {},
): Promise<Ringing<R>> {
  const tunnels = await t.openTunnel()
  const control = await t.establish()
  const request = incomingRequest(t, values)
  control.send('Incoming-Call-Request', request)
  return { control, tunnels, request }
}

/** A call that the PNS has accepted and that is not connected yet. */
export interface Offered {
  readonly reply: Received<'Incoming-Call-Reply'>
  readonly tunnel: TunnelEnd
}

/** Preamble: offers a call, which the PNS accepts. @throws Inconclusive when it does not. */
export async function offerCall<R extends string>(t: SharedTester<R>, control: Control<R>): Promise<Offered> {
  const tunnels = await t.openTunnel()
  const request = incomingRequest(t)
  control.send('Incoming-Call-Request', request)
  const reply = await control.await('Incoming-Call-Reply', t.timers.call)
  if (reply.message.resultCode !== 1)
    throw new Inconclusive(`the implementation refuses the call: ${describeMessage(reply.message)}`)
  return {
    reply,
    tunnel: tunnels.end(request.callId, reply.message.callId, reply.message.packetRecvWindowSize),
  }
}

/** Sends Incoming-Call-Connected for a call; `values` may name another call. */
export function sendConnected<R extends string>(
  control: Control<R>,
  tunnel: TunnelEnd,
  values: Partial<BodyValues<'Incoming-Call-Connected'>> = {},
): void {
  control.send('Incoming-Call-Connected', {
    peersCallId: tunnel.peersCallId,
    connectSpeed: 64_000,
    packetRecvWindowSize: 16,
    packetTransmitDelay: 0,
    framingType: 1,
    ...values,
  })
}

/**
 * Sends an Incoming-Call-Request with `values`, and decides that none of them is refused as
 * Bad-Value: the call is accepted, or refused for another reason.
 */
export async function expectLegalOffer<R extends string>(
  t: SharedTester<R>,
  control: Control<R>,
  requirement: R,
  values: Partial<BodyValues<'Incoming-Call-Request'>>,
): Promise<void> {
  await t.openTunnel()
  control.send('Incoming-Call-Request', incomingRequest(t, values))
  await control.expectOneOf(
    requirement,
    [
      reaction.answers(
        'Incoming-Call-Reply',
        (reply) => reply.resultCode === 1,
        'the implementation accepts the call',
      ),
      reaction.answers(
        'Incoming-Call-Reply',
        (reply) => !isBadValue(reply),
        'the implementation refuses the call, but not with Error Code 3 (Bad-Value)',
      ),
    ],
    t.timers.call,
  )
}

/**
 * Sends an LCP Configure-Request into the tunnel of a call that is not to be connected, and waits
 * for `timers.reply` ms.
 * @returns the first data that comes; undefined when none does.
 */
export async function signOfLife<R extends string>(
  t: SharedTester<R>,
  tunnel: TunnelEnd,
): Promise<ReceivedGre | undefined> {
  tunnel.send(lcpFrame(PacketCode.configureRequest, t.unique() & 0xff))
  return tunnel.nextData(t.timers.reply)
}

/**
 * Data in a call's tunnel, or its absence, as evidence.
 * @param entry trace entry that shows the absence: that of the last message about the call.
 */
export function dataIn(sign: ReceivedGre | undefined, entry: number): Evidence<ReceivedGre | undefined> {
  return shownBy(arrivalOf(sign, 'data in the tunnel', 'no data in the tunnel'), entry)
}

/** Whether the PPP peer of a call answers within `timers.tunnel` ms, as evidence. */
export async function comesAlive<R extends string>(
  t: SharedTester<R>,
  tunnel: TunnelEnd,
): Promise<Evidence<boolean>> {
  return factOf(
    await comesToAnswer(t, tunnel),
    'LCP Configure-Request is answered',
    'LCP Configure-Request draws no answer',
  )
}
