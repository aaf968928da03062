import { controlMessage } from '../../harness/protocol/control.ts'
import type { ControlMessage } from '../../harness/protocol/messages.ts'
import { describeObservation, receivedAs } from '../../harness/scenario/observation.ts'
import { scenario } from '../catalogue.ts'

export default scenario(
  {
    id: 'call-clear/at-once',
    purpose: 'A call that is cleared right behind its request does not stay alive.',
    decides: ['2.12/before-reply', '3.2.4.1/wait-cs-ans-cleared'],
    provenBy: ['clear-no-notify'],
    iut: 'recipient',
    needs: ['outgoing-calls'],
  },
  async (t) => {
    await t.openTunnel()
    const control = await t.establish()
    const request = t.callRequest()
    control.sendTogether(
      controlMessage('Outgoing-Call-Request', request) as ControlMessage,
      controlMessage('Call-Clear-Request', { callId: request.callId }) as ControlMessage,
    )
    let observation = await control.next(t.timers.call)
    if (receivedAs(observation, 'Outgoing-Call-Reply')?.message.resultCode === 1)
      observation = await control.next()
    const refused = receivedAs(observation, 'Outgoing-Call-Reply')
    const notified = receivedAs(observation, 'Call-Disconnect-Notify')
    t.decide(['2.12/before-reply', '3.2.4.1/wait-cs-ans-cleared'], {
      ok: refused !== undefined || notified !== undefined,
      expected: 'a failing Outgoing-Call-Reply or a Call-Disconnect-Notify',
      seen: describeObservation(observation),
      // The call is dead all the same; that the connection goes with it was not asked for.
      ...(observation.kind === 'closed' ? { otherwise: 'warn' as const } : {}),
      ...(observation.kind === 'silence' ? {} : { entry: observation.entry }),
    })
  },
)
