import { fieldOf, is, scenario } from '../kit.ts'
import { decideNoErrorCode } from '../steps/error-code.ts'

export default scenario(
  {
    id: 'echo/reply',
    purpose: 'An Echo-Request is answered with a successful Echo-Reply that carries its Identifier.',
    decides: [
      '2.5/reply-to-each',
      '2.6/identifier',
      '2.6/result-code',
      '2.6/result-general-error',
      '2.6/error-code',
      '2/reserved-sent-zero',
    ],
    provenBy: [
      'echo-no-reply',
      'echo-wrong-identifier',
      'echo-reply-result-0',
      'echo-reply-error-set',
      'echo-reply-reserved-nonzero',
      'echo-high-identifier-refused',
    ],
    iut: 'both',
    vary: { identifier: { '0': 0, '1': 1, '0x80000000': 0x80000000, '0xFFFFFFFF': 0xffffffff } },
  },
  async (t) => {
    const control = await t.establish()
    control.send('Echo-Request', { identifier: t.vary.identifier })
    const reply = await control.expect('2.5/reply-to-each', 'Echo-Reply')
    t.field('2.6/identifier', reply, 'identifier', t.vary.identifier)
    t.field('2.6/result-code', reply, 'resultCode', 1)
    const orderly = is<number>(
      'no Result Code 2 (General Error) in the reply to a valid Echo-Request',
      (code) => code !== 2,
    )
    t.check('2.6/result-general-error', fieldOf(reply, 'resultCode'), orderly)
    decideNoErrorCode(t, '2.6/error-code', reply)
    t.field('2/reserved-sent-zero', reply, 'reserved1', 0)
  },
)
