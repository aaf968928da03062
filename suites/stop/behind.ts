import { type ControlMessage, controlMessage, scenario } from '../kit.ts'

export default scenario(
  {
    id: 'stop/behind',
    purpose:
      'A message right after Stop-Control-Connection-Request is not executed, even if it is a second stop request.',
    decides: ['2.4/sent-in-reply', '3.1.2/nothing-after-stop', '3.1.1/stop-closes', '3.1.2/stop-closes'],
    provenBy: ['serves-behind-stop', 'stop-reply-twice', 'stop-no-reply', 'stop-never-closes'],
    iut: 'both',
    readings: ['A-29'],
    vary: { behind: ['stop-request', 'echo-request', 'start-request'] },
  },
  async (t) => {
    const control = await t.establish()
    const behind = BEHIND[t.vary.behind](t.unique)
    const stop = controlMessage('Stop-Control-Connection-Request', { reason: 1 })
    control.sendTogether(stop as ControlMessage, behind as ControlMessage)
    // An originator may have requested a call, which it clears before it replies.
    if (t.iut === 'originator') await control.passOver('Call-Clear-Request')
    await control.expect('2.4/sent-in-reply', 'Stop-Control-Connection-Reply')
    await control.expectClose(['3.1.2/nothing-after-stop', '3.1.1/stop-closes', '3.1.2/stop-closes'], {
      first: true,
      // Call-Clear-Request is no answer to the second message: the IUT may have had a call to
      // clear. The monitor connection-order judges what it sends on a stopped connection.
      besides: t.iut === 'originator' ? ['Call-Clear-Request'] : [],
    })
  },
)

const BEHIND = {
  'stop-request': () => controlMessage('Stop-Control-Connection-Request', { reason: 1 }),
  'echo-request': (unique: () => number) => controlMessage('Echo-Request', { identifier: unique() }),
  'start-request': () => controlMessage('Start-Control-Connection-Request'),
}
