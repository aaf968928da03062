import { type ControlMessage, controlMessage, scenario } from '../kit.ts'

export default scenario(
  {
    id: 'stop/behind',
    purpose:
      'What comes right behind a Stop-Control-Connection-Request is not executed any more, be it another one.',
    decides: ['2.4/sent-in-reply', '3.1.2/nothing-after-stop', '3.1.1/stop-closes', '3.1.2/stop-closes'],
    provenBy: ['serves-behind-stop', 'stop-reply-twice', 'stop-no-reply', 'stop-never-closes'],
    iut: 'both',
    readings: ['A-29'],
    vary: {
      behind: {
        'stop-request': 'Stop-Control-Connection-Request',
        'echo-request': 'Echo-Request',
        'start-request': 'Start-Control-Connection-Request',
      },
    },
  },
  async (t) => {
    const control = await t.establish()
    const behind = {
      'Stop-Control-Connection-Request': controlMessage('Stop-Control-Connection-Request', { reason: 1 }),
      'Echo-Request': controlMessage('Echo-Request', { identifier: t.unique() }),
      'Start-Control-Connection-Request': controlMessage('Start-Control-Connection-Request'),
    }[t.vary.behind]
    control.sendTogether(
      controlMessage('Stop-Control-Connection-Request', { reason: 1 }) as ControlMessage,
      behind as ControlMessage,
    )
    // An originator may have asked for its call, which it clears before it replies.
    if (t.iut === 'originator') await control.passOver('Call-Clear-Request')
    await control.expect('2.4/sent-in-reply', 'Stop-Control-Connection-Reply')
    await control.expectClose(['3.1.2/nothing-after-stop', '3.1.1/stop-closes', '3.1.2/stop-closes'], {
      first: true,
      // No answer to what came behind: its call request may have been under way, and what it sends
      // on a stopped connection the monitor connection-order judges.
      besides: t.iut === 'originator' ? ['Call-Clear-Request'] : [],
    })
  },
)
