import { PROTOCOL_VERSION, scenario, startReply } from '../kit.ts'

export default scenario(
  {
    id: 'start/connects',
    purpose:
      'An originator that is told to dial opens a TCP connection to port 1723, starts the control connection at once, and asks for a call.',
    decides: [
      '1.4/port',
      '1.3.1/start-exchange',
      '1.1/caller-is-pns',
      '3.1.1/start-when-open',
      '2.1/protocol-version',
      '3.1.1/same-version',
      '3.2.4.2/idle-requests',
    ],
    provenBy: ['start-request-version-0', 'start-request-wrong-length'],
    iut: 'originator',
  },
  async (t) => {
    const dial = await t.dial()
    const control = await dial.expectConnection('1.4/port')
    const request = await control.expect(
      ['3.1.1/start-when-open', '1.3.1/start-exchange'],
      'Start-Control-Connection-Request',
    )
    t.field('2.1/protocol-version', request, 'protocolVersion', PROTOCOL_VERSION)
    control.send('Start-Control-Connection-Reply', startReply({ protocolVersion: PROTOCOL_VERSION }))
    await control.expect(
      ['3.1.1/same-version', '3.2.4.2/idle-requests', '1.3.1/start-exchange', '1.1/caller-is-pns'],
      'Outgoing-Call-Request',
      t.timers.request,
    )
  },
)
