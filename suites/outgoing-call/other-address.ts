import { describeMessage, GeneralError, Inconclusive, PacketCode, scenario } from '../kit.ts'
import { answersConfigure, configureAnswer, firstData, lcpFrame } from '../steps/lcp.ts'

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
    const [here, there] = t.addresses
    if (here === undefined || there === undefined) throw new Inconclusive('there is no second address')
    const one = await t.establish({}, { from: here })
    const first = await t.placeCall(one)
    await firstData(t, first.tunnel)

    const { callId } = first.tunnel
    const tunnels = await t.openTunnel(there)
    const other = await t.establish({}, { from: there })
    other.send('Outgoing-Call-Request', t.callRequest({ callId }))
    const reply = await other.await('Outgoing-Call-Reply', t.timers.call)
    const { resultCode, errorCode, callId: assigned } = reply.message
    if (resultCode > 2 || (resultCode === 2 && errorCode === GeneralError.noResource))
      throw new Inconclusive(`no second call: ${describeMessage(reply.message)}`)
    t.decide('3.2.2/other-tunnels', {
      ok: resultCode === 1,
      expected: `a call for ${there} with Call ID ${callId}, which ${here} has for another`,
      seen: describeMessage(reply.message),
      entry: reply.entry,
    })
    if (resultCode !== 1) return
    const second = tunnels.end(callId, assigned)
    await firstData(t, second)
    for (const [address, tunnel] of [
      [here, first.tunnel],
      [there, second],
    ] as const) {
      const alive = await answersConfigure(t, tunnel)
      t.decide('3.2.2/other-tunnels', {
        ok: alive,
        expected: `the call of ${address} carries PPP`,
        seen: alive ? 'LCP Configure-Request is answered' : 'LCP Configure-Request draws no answer',
        entry: reply.entry,
      })
    }

    // Where both calls have the same Call ID from the IUT too, a packet from there is one of the
    // second call.
    if (assigned === first.tunnel.peersCallId) return
    const identifier = t.unique() & 0xff
    const intruder = tunnels.end(t.unique() & 0xffff, first.tunnel.peersCallId)
    intruder.send(lcpFrame(PacketCode.configureRequest, identifier), { sequenceNumber: LATER })
    const taken = await configureAnswer(t, first.tunnel, identifier, t.timers.reply)
    t.decide('3.2.2/other-tunnels', {
      ok: taken === undefined,
      expected: `what ${there} sends is not of the call of ${here}`,
      seen: taken === undefined ? 'no answer' : 'the PPP peer of that call answers it',
      entry: taken?.received.entry,
    })
  },
)
