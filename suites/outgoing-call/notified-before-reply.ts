import { describeObservation, type Observation, scenario } from '../kit.ts'
import { answersConfigure } from '../steps/lcp.ts'
import { answersStop, BEGUN, carriesPpp, describeCarrying, endsConnection } from '../steps/originator.ts'

export default scenario(
  {
    id: 'outgoing-call/notified-before-reply',
    purpose:
      'Call-Disconnect-Notify that comes before the reply is about no call of its, for none has a Call ID of the PAC yet: the reply still connects.',
    decides: ['2.13/call-id-matched'],
    provenBy: ['disconnect-notify-any-call', 'hangs-on-unexpected'],
    iut: 'originator',
    readings: ['A-05'],
    needs: ['ppp'],
    // 0 is what an implementation may have written down for "not known yet".
    vary: { callId: { '0': 0, unknown: 'unknown' } },
  },
  async (t) => {
    const { control } = await t.accept()
    const tunnels = await t.openTunnel()
    const request = await control.await('Outgoing-Call-Request', t.timers.request)
    const reply = t.callReply(request)
    const callId = t.vary.callId === 'unknown' ? reply.callId ^ 0x0100 : t.vary.callId
    control.send('Call-Disconnect-Notify', { callId, resultCode: 1 })
    control.send('Outgoing-Call-Reply', reply)
    const tunnel = tunnels.end(reply.callId, request.message.callId)
    // Who has data sends it at once; for one who ends the connection there is nothing to wait for.
    const first = await tunnel.nextData(BEGUN)
    let after: Observation | undefined
    if (first === undefined) {
      control.send('Echo-Request', { identifier: t.unique() })
      after = await control.next(t.timers.reply)
      answersStop(control, after)
    }
    const ended = after !== undefined && endsConnection(after)
    const ok =
      first !== undefined ? await answersConfigure(t, tunnel) : !ended && (await carriesPpp(t, tunnel))
    t.decide('2.13/call-id-matched', {
      ok,
      expected: `PPP in the tunnel after the reply: Call ID ${callId} was no call`,
      seen:
        after === undefined
          ? describeCarrying(ok)
          : `${describeCarrying(ok)}; on the control connection: ${describeObservation(after)}`,
      entry: request.entry,
      // Over a message that names no call of its it may close the connection.
      ...(ended ? { otherwise: 'warn' as const } : {}),
    })
  },
)
