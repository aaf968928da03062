import { reaction } from '../../harness/scenario/control.ts'
import { startRequest } from '../../harness/scenario/tester.ts'
import { scenario } from '../catalogue.ts'

export default scenario(
  {
    id: 'start/not-first',
    purpose: 'A request that comes before Start-Control-Connection-Request does not succeed.',
    decides: ['2.1/established-first'],
    provenBy: ['accepts-before-start', 'echo-succeeds-before-start'],
    iut: 'recipient',
    vary: { request: { 'echo-request': 'Echo-Request', 'outgoing-call-request': 'Outgoing-Call-Request' } },
  },
  async (t) => {
    await t.openTunnel()
    const control = await t.connect()
    if (t.vary.request === 'Echo-Request') control.send('Echo-Request', { identifier: t.unique() })
    else control.send('Outgoing-Call-Request', t.callRequest())
    // The fence: whoever ignored the early message answers this one.
    control.send('Start-Control-Connection-Request', startRequest())
    await control.expectOneOf('2.1/established-first', [
      reaction.closes(),
      reaction.stops(),
      reaction.answers('Echo-Reply', (reply) => reply.resultCode === 2, 'it answers with General Error'),
      reaction.answers('Outgoing-Call-Reply', (reply) => reply.resultCode !== 1, 'it refuses the call'),
      reaction.answers('Start-Control-Connection-Reply', () => true, 'it ignores the early message'),
      reaction.silence(),
    ])
  },
)
