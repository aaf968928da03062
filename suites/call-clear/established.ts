import { scenario } from '../kit.ts'
import { decideNoErrorCode } from '../steps/error-code.ts'

export default scenario(
  {
    id: 'call-clear/established',
    purpose:
      'Call-Clear-Request ends the call: the PAC sends Call-Disconnect-Notify, and the control connection stays open.',
    decides: [
      '2.12/notify-in-reply',
      '3.2.4.1/established-clear-notified',
      '2.13/whenever-disconnected',
      '2.13/call-id',
      '2.13/result-code-request',
      '2.13/error-code',
      '2/reserved-sent-zero',
      '2.13/connection-stays',
      '1.3.1/calls-apart',
    ],
    provenBy: [
      'clear-no-notify',
      'clear-wrong-call-id',
      'clear-wrong-result',
      'clear-error-set',
      'clear-reserved-nonzero',
      'clear-closes-connection',
    ],
    iut: 'recipient',
    needs: ['outgoing-calls'],
  },
  async (t) => {
    const control = await t.establish()
    const { tunnel } = await t.placeCall(control)
    control.send('Call-Clear-Request', { callId: tunnel.callId })
    const notify = await control.expect(
      ['2.12/notify-in-reply', '3.2.4.1/established-clear-notified', '2.13/whenever-disconnected'],
      'Call-Disconnect-Notify',
    )
    t.field('2.13/call-id', notify, 'callId', tunnel.peersCallId)
    t.field('2.13/result-code-request', notify, 'resultCode', 4)
    decideNoErrorCode(t, '2.13/error-code', notify)
    t.field('2/reserved-sent-zero', notify, 'reserved1', 0)
    await control.expectAlive(
      ['2.13/connection-stays', '1.3.1/calls-apart'],
      'the control connection still answers an Echo-Request',
    )
  },
)
