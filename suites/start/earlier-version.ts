import { reaction } from '../../harness/scenario/control.ts'
import { Decided } from '../../harness/scenario/judge.ts'
import { receivedAs } from '../../harness/scenario/observation.ts'
import { startRequest } from '../../harness/scenario/tester.ts'
import { scenario } from '../catalogue.ts'

export default scenario(
  {
    id: 'start/earlier-version',
    purpose:
      'Asked for a version that never was, the recipient refuses in its reply, grants nothing more and closes.',
    decides: ['3.1.2/earlier-version', '3.1.2/earlier-version-idle', '3.1.2/earlier-version-closes'],
    provenBy: ['accepts-version-zero', 'keeps-open-after-version-refusal', 'version-refusal-establishes'],
    iut: 'recipient',
    vary: { version: { '0.0': 0x0000, '0.1': 0x0001, '0.255': 0x00ff } },
  },
  async (t) => {
    await t.openTunnel()
    const control = await t.connect()
    control.send('Start-Control-Connection-Request', startRequest({ protocolVersion: t.vary.version }))
    const observation = await control.expectOneOf('3.1.2/earlier-version', [
      reaction.answers(
        'Start-Control-Connection-Reply',
        (reply) => reply.resultCode !== 1,
        'it refuses in a Start-Control-Connection-Reply',
      ),
      reaction.answers(
        'Start-Control-Connection-Reply',
        (reply) => reply.resultCode === 1,
        'it replies with success',
        'warn',
      ),
      reaction.closes('warn'),
    ])
    if (receivedAs(observation, 'Start-Control-Connection-Reply')?.message.resultCode === 1)
      throw new Decided()
    if (observation.kind !== 'closed') {
      control.send('Outgoing-Call-Request', t.callRequest())
      await control.expectOneOf(
        '3.1.2/earlier-version-idle',
        [
          reaction.closes(),
          reaction.stops(),
          reaction.silence(),
          reaction.answers('Outgoing-Call-Reply', (reply) => reply.resultCode !== 1, 'it refuses a call'),
        ],
        t.timers.call,
      )
    }
    await control.expectClose('3.1.2/earlier-version-closes')
  },
)
