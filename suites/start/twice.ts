import { reaction } from '../../harness/scenario/control.ts'
import { startRequest } from '../../harness/scenario/tester.ts'
import { scenario } from '../catalogue.ts'

export default scenario(
  {
    id: 'start/twice',
    purpose:
      'A second Start-Control-Connection-Request on an established control connection does not succeed.',
    decides: ['3.1.2/start-when-established'],
    provenBy: ['second-start-succeeds'],
    iut: 'recipient',
  },
  async (t) => {
    const control = await t.establish()
    const fence = t.unique()
    control.send('Start-Control-Connection-Request', startRequest())
    control.send('Echo-Request', { identifier: fence })
    await control.expectOneOf('3.1.2/start-when-established', [
      reaction.answers(
        'Start-Control-Connection-Reply',
        (reply) => reply.resultCode !== 1,
        'it refuses in a Start-Control-Connection-Reply',
      ),
      reaction.closes(),
      reaction.stops(),
      reaction.ignores(fence, 'warn'),
    ])
  },
)
