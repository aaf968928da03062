import { PROTOCOL_VERSION, scenario, startRequest } from '../kit.ts'

export default scenario(
  {
    id: 'start/first-version',
    purpose:
      'Asked for version 1.0, the earliest one, as soon as TCP is open, the recipient agrees and serves the messages that follow.',
    decides: [
      '3.1.2/earlier-version-supported',
      '3.1.2/ready-at-once',
      '3.1.2/established-after-reply',
      '1.4/version-agreed',
    ],
    provenBy: ['ignores-start', 'start-reply-version-0', 'start-reply-result-0', 'echo-no-reply'],
    iut: 'recipient',
  },
  async (t) => {
    const control = await t.connect()
    control.send('Start-Control-Connection-Request', startRequest({ protocolVersion: PROTOCOL_VERSION }))
    const reply = await control.expect('3.1.2/ready-at-once', 'Start-Control-Connection-Reply')
    t.field('3.1.2/earlier-version-supported', reply, 'resultCode', 1)
    t.field('1.4/version-agreed', reply, 'protocolVersion', PROTOCOL_VERSION)
    await control.expectAlive('3.1.2/established-after-reply', 'Echo-Request is answered')
  },
)
