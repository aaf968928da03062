import { isMessage, observed, receivedAs, scenario } from '../kit.ts'
import { decideNoErrorCode } from '../steps/error-code.ts'

export default scenario(
  {
    id: 'stop/established',
    purpose:
      'A Stop-Control-Connection-Request is answered with a successful reply, and then the connection closes.',
    decides: [
      '2.4/sent-in-reply',
      '2.4/result-code',
      '2.4/error-code',
      '2/reserved-sent-zero',
      '3.1.1/stop-answered',
      '3.1.1/stop-reply-delivered',
      '3.1.1/stop-closes',
      '3.1.2/stop-closes',
      '2.3/reason-none-received',
      '2.3/reason-stop-protocol-received',
      '2.3/reason-local-shutdown-received',
    ],
    provenBy: [
      'stop-no-reply',
      'stop-closes-without-reply',
      'stop-reply-result-0',
      'stop-reply-error-set',
      'stop-reply-reserved-nonzero',
      'stop-never-closes',
      'ignores-stop-with-other-reasons',
    ],
    iut: 'both',
    readings: ['A-29'],
    vary: {
      reason: {
        '1-none': { value: 1, requirement: '2.3/reason-none-received' },
        '2-stop-protocol': { value: 2, requirement: '2.3/reason-stop-protocol-received' },
        '3-local-shutdown': { value: 3, requirement: '2.3/reason-local-shutdown-received' },
      },
    },
  },
  async (t) => {
    const { value, requirement } = t.vary.reason
    const control = await t.establish()
    control.send('Stop-Control-Connection-Request', { reason: value })
    // An originator may have requested a call, which it clears before it replies.
    if (t.iut === 'originator') await control.passOver('Call-Clear-Request')
    const answered = ['2.4/sent-in-reply', '3.1.1/stop-answered', '3.1.1/stop-reply-delivered'] as const
    const observation = observed(await control.next())
    t.check(answered, observation, isMessage('Stop-Control-Connection-Reply'))
    const reply = receivedAs(observation.value, 'Stop-Control-Connection-Reply')
    if (reply !== undefined) {
      t.field('2.4/result-code', reply, 'resultCode', 1)
      decideNoErrorCode(t, '2.4/error-code', reply)
      t.field('2/reserved-sent-zero', reply, 'reserved1', 0)
    }
    const closes = reply === undefined ? [] : (['3.1.1/stop-closes', '3.1.2/stop-closes'] as const)
    await control.expectClose([requirement, ...closes])
  },
)
