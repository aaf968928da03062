import { scenario, startRequest } from '../kit.ts'

export default scenario(
  {
    id: 'message-format/accepts-again',
    purpose: 'After a connection that ended in an error, another one can be established.',
    decides: ['3/accepts-again', '3.1.2/listens'],
    provenBy: ['accepts-once', 'bad-start-ends-listening'],
    iut: 'recipient',
  },
  async (t) => {
    const broken = await t.connect()
    broken.send('Start-Control-Connection-Request', startRequest(), { patch: { magicCookie: 0 } })
    await broken.next(t.timers.close)
    broken.reset()
    const control = await t.expectConnection(['3/accepts-again', '3.1.2/listens'])
    control.send('Start-Control-Connection-Request', startRequest())
    const reply = await control.expect('3/accepts-again', 'Start-Control-Connection-Reply')
    t.field('3/accepts-again', reply, 'resultCode', 1)
  },
)
