import { PROTOCOL_VERSION, scenario, startRequest } from '../kit.ts'
import { decideNoErrorCode } from '../steps/error-code.ts'
import { onlyZerosAfter, textIn } from '../steps/text.ts'

export default scenario(
  {
    id: 'start/accepted',
    purpose:
      'A valid Start-Control-Connection-Request is answered with a valid, successful Start-Control-Connection-Reply.',
    decides: [
      '1.3.1/start-exchange',
      '1.4/port',
      '1.4/version-agreed',
      '3.1.2/listens',
      '3.1.2/ready-at-once',
      '3.1.2/established-after-reply',
      '2.2/sent-in-reply',
      '2.2/result-code',
      '2.2/error-code',
      '2.2/framing-capabilities',
      '2.2/bearer-capabilities',
      '2.2/host-name-filled',
      '2.2/vendor-name-filled',
      '3.1.2/same-version',
      '5/control-unauthenticated',
    ],
    provenBy: [
      'ignores-start',
      'echo-no-reply',
      'start-reply-result-0',
      'start-reply-error-with-success',
      'start-reply-undefined-framing-bits',
      'start-reply-undefined-bearer-bits',
      'start-reply-garbage-after-hostname',
      'start-reply-garbage-after-vendor',
      'start-reply-version-0',
      'start-reply-unauthorized',
    ],
    iut: 'recipient',
  },
  async (t) => {
    const control = await t.expectConnection(['1.4/port', '3.1.2/listens'])
    control.send('Start-Control-Connection-Request', startRequest())
    const reply = await control.expect(
      ['2.2/sent-in-reply', '3.1.2/ready-at-once', '1.3.1/start-exchange'],
      'Start-Control-Connection-Reply',
    )
    t.field(['2.2/result-code', '5/control-unauthenticated'], reply, 'resultCode', 1)
    decideNoErrorCode(t, '2.2/error-code', reply)
    t.field('2.2/framing-capabilities', reply, 'framingCapabilities', [0, 1, 2, 3])
    t.field('2.2/bearer-capabilities', reply, 'bearerCapabilities', [0, 1, 2, 3])
    t.field(['3.1.2/same-version', '1.4/version-agreed'], reply, 'protocolVersion', PROTOCOL_VERSION)
    t.check('2.2/host-name-filled', textIn(reply, 'hostName'), onlyZerosAfter('name'))
    t.check('2.2/vendor-name-filled', textIn(reply, 'vendorName'), onlyZerosAfter('name'))
    await control.expectAlive(
      ['3.1.2/established-after-reply', '1.3.1/start-exchange'],
      'an Echo-Request on the connection is answered',
    )
  },
)
