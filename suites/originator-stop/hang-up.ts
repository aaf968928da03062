import { describeObservation, entryOf, receivedAs } from '../../harness/scenario/observation.ts'
import { scenario } from '../catalogue.ts'

export default scenario(
  {
    id: 'originator-stop/hang-up',
    purpose:
      'Told to hang up, it sends Stop-Control-Connection-Request before it closes, and closes when that is answered.',
    decides: ['3.1.1/local-termination-stops', '3.1.1/stop-reply-closes'],
    provenBy: ['stop-request-missing', 'stop-reply-ignored'],
    iut: 'originator',
    needs: ['hang-up'],
    readings: ['A-27'],
    vary: { call: { connected: true, 'asked-for': false } },
  },
  async (t) => {
    const { dial, control } = await t.accept()
    const call = t.vary.call ? await t.answerCall(control) : undefined
    if (call === undefined) await control.await('Outgoing-Call-Request', t.timers.request)
    await dial.hangUp()
    let observation = await control.next(t.timers.request)
    while (receivedAs(observation, 'Call-Clear-Request') !== undefined) {
      const callId = call?.reply.callId ?? 0
      control.send('Call-Disconnect-Notify', { callId, resultCode: 4 })
      observation = await control.next(t.timers.request)
    }
    t.decide('3.1.1/local-termination-stops', {
      // The call may be over and the connection go on.
      ok: observation.kind !== 'closed',
      expected: 'Stop-Control-Connection-Request before the connection closes',
      seen: describeObservation(observation),
      entry: entryOf(observation),
    })
    if (receivedAs(observation, 'Stop-Control-Connection-Request') === undefined) return
    control.send('Stop-Control-Connection-Reply', { resultCode: 1 })
    await control.expectClose('3.1.1/stop-reply-closes')
  },
)
