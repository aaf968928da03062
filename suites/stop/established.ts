import { scenario } from '../catalogue.ts'

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
      '3.1.2/stop-closes',
    ],
    provenBy: [
      'stop-no-reply',
      'stop-closes-without-reply',
      'stop-reply-result-0',
      'stop-reply-error-set',
      'stop-reply-reserved-nonzero',
      'stop-never-closes',
    ],
    iut: 'recipient',
    vary: { reason: { '1-none': 1, '2-stop-protocol': 2, '3-local-shutdown': 3 } },
  },
  async (t) => {
    const control = await t.establish()
    control.send('Stop-Control-Connection-Request', { reason: t.vary.reason })
    const reply = await control.expect('2.4/sent-in-reply', 'Stop-Control-Connection-Reply')
    t.field('2.4/result-code', reply, 'resultCode', 1)
    t.field('2.4/error-code', reply, 'errorCode', 0)
    t.field('2/reserved-sent-zero', reply, 'reserved1', 0)
    await control.expectClose('3.1.2/stop-closes')
  },
)
