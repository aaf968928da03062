import { scenario } from '../kit.ts'

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
    const answered = ['2.12/another-call', '1.3.1/calls-apart'] as const
    const reply = await control.expect(answered, 'Outgoing-Call-Reply', t.timers.call)
    t.field('2.12/another-call', reply, 'resultCode', 1)
  },
)
