import { describeObservation, entryOf, Inconclusive, receivedAs, scenario } from '../kit.ts'
import { firstData } from '../steps/lcp.ts'
import { humour, TERMINATION } from '../steps/originator.ts'

export default scenario(
  {
    id: 'stop/hang-up',
    purpose:
      'Told to hang up, it sends Stop-Control-Connection-Request before it closes, and closes when that is answered.',
    decides: ['3.1.1/local-termination-stops', '3.1.1/stop-reply-closes'],
    provenBy: ['stop-request-missing', 'stop-reply-ignored'],
    iut: 'originator',
    needs: ['hang-up'],
    readings: ['A-27'],
    vary: { call: { connected: true, 'asked-for': false } },
    valuesNeed: { call: { connected: ['ppp'] } },
  },
  async (t) => {
    const { dial, control } = await t.accept()
    const call = t.vary.call ? await t.answerCall(control) : undefined
    if (call === undefined) await control.await('Outgoing-Call-Request', t.timers.request)
    else {
      await firstData(t, call.tunnel)
      humour(call.tunnel)
    }
    await dial.hangUp()
    let observation = await control.next(TERMINATION + t.timers.request)
    let cleared = false
    while (receivedAs(observation, 'Call-Clear-Request') !== undefined) {
      cleared = true
      const callId = call?.reply.callId ?? 0
      control.send('Call-Disconnect-Notify', { callId, resultCode: 4 })
      observation = await control.next(t.timers.request)
    }
    const stops = receivedAs(observation, 'Stop-Control-Connection-Request') !== undefined
    // The call may be over and the connection go on.
    const goesOn = cleared && observation.kind === 'silence'
    if (!stops && !goesOn && observation.kind !== 'closed')
      throw new Inconclusive(
        `it was to clear its call or to end the connection, but ${describeObservation(observation)} was seen`,
      )
    t.decide('3.1.1/local-termination-stops', {
      ok: observation.kind !== 'closed',
      expected: 'Stop-Control-Connection-Request before the connection closes',
      seen: describeObservation(observation),
      entry: entryOf(observation),
    })
    if (!stops) return
    control.send('Stop-Control-Connection-Reply', { resultCode: 1 })
    await control.expectClose('3.1.1/stop-reply-closes')
  },
)
