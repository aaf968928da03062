import { Inconclusive, isMessage, observed, receivedAs, scenario } from '../kit.ts'

export default scenario(
  {
    id: 'call-clear/another-call',
    purpose:
      'After a call was cleared, another one can be placed on the same control connection, even with the same Call ID.',
    decides: ['2.12/another-call', '1.3.1/calls-apart'],
    provenBy: ['one-call-per-connection', 'clear-keeps-call-id'],
    iut: 'recipient',
    needs: ['outgoing-calls'],
    vary: { id: ['another', 'same'] },
  },
  async (t) => {
    const control = await t.establish()
    const { tunnel } = await t.placeCall(control)
    control.send('Call-Clear-Request', { callId: tunnel.callId })
    await control.await('Call-Disconnect-Notify')
    const values = t.vary.id === 'same' ? { callId: tunnel.callId } : {}
    control.send('Outgoing-Call-Request', t.callRequest(values))
    const reply = await control.next(t.timers.call)
    if (receivedAs(reply, 'Stop-Control-Connection-Request') !== undefined)
      throw new Inconclusive('the implementation asked to stop after its last call')
    const answered = ['2.12/another-call', '1.3.1/calls-apart'] as const
    t.check(answered, observed(reply), isMessage('Outgoing-Call-Reply'))
    const answer = receivedAs(reply, 'Outgoing-Call-Reply')
    if (answer !== undefined) t.field('2.12/another-call', answer, 'resultCode', 1)
  },
)
