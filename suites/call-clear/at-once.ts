import {
  type ControlMessage,
  controlMessage,
  is,
  type Observation,
  observed,
  receivedAs,
  scenario,
  tolerating,
} from '../kit.ts'

/**
 * Closing the connection is only a warning: the call ends with it, but the tester did not
 * ask for that.
 */
const END = tolerating(
  is<Observation>(
    'an Outgoing-Call-Reply that refuses the call, or a Call-Disconnect-Notify',
    (observation) =>
      receivedAs(observation, 'Outgoing-Call-Reply') !== undefined ||
      receivedAs(observation, 'Call-Disconnect-Notify') !== undefined,
  ),
  ({ kind }) => kind === 'closed',
)

export default scenario(
  {
    id: 'call-clear/at-once',
    purpose:
      'A Call-Clear-Request right after its Outgoing-Call-Request ends the call, or keeps it from being connected.',
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
    // An IUT that handles one message per read has lost the second one. Section 1.4 forbids that,
    // this requirement does not: so Call-Clear-Request is sent again, alone.
    if (observation.kind === 'silence') {
      control.send('Call-Clear-Request', { callId: request.callId })
      observation = await control.next()
    }
    t.check(['2.12/before-reply', '3.2.4.1/wait-cs-ans-cleared'], observed(observation), END)
  },
)
