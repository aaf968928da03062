import {
  absent,
  arrivalOf,
  type ControlMessage,
  describeMessage,
  GeneralError,
  holds,
  Inconclusive,
  is,
  messageOf,
  PacketCode,
  scenario,
  shownBy,
} from '../kit.ts'
import { liveCall } from '../steps/calls.ts'
import { configureAnswer, firstData, lcpAnswers, lcpFrame } from '../steps/lcp.ts'

/** Far beyond what was sent in the call, so that it is no late packet. */
const LATER = 100

export default scenario(
  {
    id: 'outgoing-call/other-address',
    purpose:
      'Two peers may use the same Call ID: each has a call of its own, and neither can speak in that of the other.',
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
    const other = await t.establish({}, { from: there })
    other.send('Outgoing-Call-Request', t.callRequest({ callId }))
    const reply = await other.await('Outgoing-Call-Reply', t.timers.call)
    requireResources(reply.message)
    const connected = `a call for ${there} with Call ID ${callId}, which ${here} has for another`
    t.check('3.2.2/other-tunnels', messageOf(reply), is(connected, isSuccess))
    if (!isSuccess(reply.message)) return
    const second = tunnels.end(callId, reply.message.callId)
    await firstData(t, second)
    for (const [address, tunnel] of Object.entries({ [here]: first.tunnel, [there]: second })) {
      const answers = shownBy(await lcpAnswers(t, tunnel), reply.entry)
      t.check('3.2.2/other-tunnels', answers, holds(`the call of ${address} carries PPP`))
    }
    // Where both calls have the same Call ID from the IUT too, a packet from there is one of the
    // second call.
    if (reply.message.callId === peersCallId) return
    const identifier = t.unique() & 0xff
    const intruder = tunnels.end(t.unique() & 0xffff, peersCallId)
    intruder.send(lcpFrame(PacketCode.configureRequest, identifier), { sequenceNumber: LATER })
    const taken = await configureAnswer(t, first.tunnel, identifier, t.timers.reply)
    t.check(
      '3.2.2/other-tunnels',
      arrivalOf(taken?.received, `the PPP peer of the call of ${here} answers`, 'no answer'),
      absent(`what ${there} sends is not of the call of ${here}`),
    )
  },
)

function twoAddresses([here, there]: readonly string[]) {
  if (here === undefined || there === undefined) throw new Inconclusive('there is no second address')
  return { here, there }
}

type Reply = ControlMessage<'Outgoing-Call-Reply'>

function isSuccess({ resultCode }: Reply): boolean {
  return resultCode === 1
}

/** @throws Inconclusive where a second call is refused for a reason other than its Call ID. */
function requireResources(reply: Reply): void {
  const { resultCode, errorCode } = reply
  if (resultCode > 2 || (resultCode === 2 && errorCode === GeneralError.noResource))
    throw new Inconclusive(`no second call: ${describeMessage(reply)}`)
}
