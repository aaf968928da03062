import {
  absent,
  arrivalOf,
  type ControlMessage,
  describeMessage,
  GeneralError,
  holds,
  Inconclusive,
  is,
  PacketCode,
  scenario,
  shownBy,
  type Tester,
  type TunnelEnd,
  wholeMessage,
} from '../kit.ts'
import { liveCall } from '../steps/calls.ts'
import { configureAnswer, firstData, lcpAnswers, lcpFrame } from '../steps/lcp.ts'

/** A Sequence Number far beyond those sent in the call, so that the packet is not a late one. */
const LATER = 100

export default scenario(
  {
    id: 'outgoing-call/other-address',
    purpose:
      'Two peers may use the same Call ID: each has its own call, and neither can send into the call of the other.',
    decides: ['3.2.2/other-tunnels'],
    provenBy: ['refuses-call-id-of-another-peer', 'gre-ignores-source'],
    iut: 'recipient',
    needs: ['outgoing-calls', 'ppp', 'second-address'],
  },
  async (t) => {
    const { here, there } = twoAddresses(t.addresses)
    const first = await liveCall(t, { from: here })
    const { callId, peersCallId } = first.tunnel
    const tunnels = await t.openTunnel(there)
    const reply = await askForSecond(t, there, callId)
    const connected = `a successful reply to ${there} for Call ID ${callId}, which ${here} uses as well`
    t.check('3.2.2/other-tunnels', wholeMessage(reply), is(connected, isSuccess))
    if (!isSuccess(reply.message)) return
    const second = tunnels.end(callId, reply.message.callId)
    await firstData(t, second)
    for (const [address, tunnel] of Object.entries({ [here]: first.tunnel, [there]: second })) {
      const answers = shownBy(await lcpAnswers(t, tunnel), reply.entry)
      t.check(
        '3.2.2/other-tunnels',
        answers,
        holds(`LCP Configure-Request in the call from ${address} is answered`),
      )
    }
    // If the IUT has assigned the same Call ID to both calls, a packet from `there` belongs to the
    // second one.
    if (reply.message.callId === peersCallId) return
    const identifier = t.unique() & 0xff
    const intruder = tunnels.end(t.unique() & 0xffff, peersCallId)
    const intrusion = await intrude(t, intruder, first.tunnel, identifier)
    const unheard = absent(`no answer in the call of ${here} to LCP Configure-Request from ${there}`)
    t.check('3.2.2/other-tunnels', intrusion, unheard)
  },
)

function twoAddresses([here, there]: readonly string[]) {
  if (here === undefined || there === undefined) throw new Inconclusive('the tester has no second address')
  return { here, there }
}

type Reply = ControlMessage<'Outgoing-Call-Reply'>

function isSuccess({ resultCode }: Reply): boolean {
  return resultCode === 1
}

/**
 * Asks for a call from another address.
 * @throws Inconclusive where it is refused for a reason other than its Call ID.
 */
async function askForSecond<R extends string>(t: Tester<R>, from: string, callId: number) {
  const control = await t.establish({}, { from })
  control.send('Outgoing-Call-Request', t.callRequest({ callId }))
  const reply = await control.await('Outgoing-Call-Reply', t.timers.call)
  const { resultCode, errorCode } = reply.message
  if (resultCode > 2 || (resultCode === 2 && errorCode === GeneralError.noResource))
    throw new Inconclusive(`the second call is refused for another reason: ${describeMessage(reply.message)}`)
  return reply
}

/**
 * Sends a Configure-Request from another address into a call. @returns what the PPP peer of the
 * call answers.
 */
async function intrude(t: Tester<string>, intruder: TunnelEnd, call: TunnelEnd, identifier: number) {
  intruder.send(lcpFrame(PacketCode.configureRequest, identifier), { sequenceNumber: LATER })
  const answer = await configureAnswer(t, call, identifier, t.timers.reply)
  return arrivalOf(answer?.received, 'the PPP peer of the call answers LCP Configure-Request', 'no answer')
}
