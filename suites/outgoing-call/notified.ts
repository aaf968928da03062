import { GeneralError, holds, reaction, scenario } from '../kit.ts'
import { generalErrors } from '../steps/error-code.ts'
import { awaitAnsweringPeer, tunnelSilence } from '../steps/lcp.ts'

const NOTIFICATIONS = {
  'lost-carrier': {
    requirement: '2.13/result-lost-carrier',
    values: { resultCode: 1, causeCode: 16, callStatistics: '' },
  },
  ...generalErrors('2.13/result-general-error'),
  'administrative-shutdown': { requirement: '2.13/result-admin-shutdown', values: { resultCode: 3 } },
  'request-of-nobody': { requirement: '2.13/result-request-received', values: { resultCode: 4 } },
  'result-0': { requirement: '2.13/result-undefined-received', values: { resultCode: 0 } },
  'result-255': { requirement: '2.13/result-undefined-received', values: { resultCode: 255 } },
  'full-statistics': {
    requirement: '2.13/statistics-any',
    values: { resultCode: 1, callStatistics: '~'.repeat(128) },
  },
} as const

export default scenario(
  {
    id: 'outgoing-call/notified',
    purpose:
      'Call-Disconnect-Notify ends the call, whatever its codes: PPP in the tunnel is no longer answered, and the control connection stays open.',
    decides: [
      '3.2.4.2/established-notified',
      '2.13/result-lost-carrier',
      '2.13/result-general-error',
      '2.13/result-admin-shutdown',
      '2.13/result-request-received',
      '2.13/result-undefined-received',
      '2.13/statistics-any',
      '2.13/connection-stays',
      '1.3.1/calls-apart',
    ],
    provenBy: [
      'disconnect-notify-ignored',
      'disconnect-notify-one-code',
      'disconnect-notify-full-statistics-ignored',
      'disconnect-notify-closes',
    ],
    iut: 'originator',
    needs: ['ppp'],
    vary: { notification: NOTIFICATIONS },
  },
  async (t) => {
    const { requirement, values } = t.vary.notification
    const { control, call } = await t.acceptCall()
    await awaitAnsweringPeer(t, call.tunnel)
    control.send('Call-Disconnect-Notify', { callId: call.reply.callId, ...values })
    const silence = await tunnelSilence(t, call.tunnel, t.timers.close)
    t.check(
      ['3.2.4.2/established-notified', requirement],
      silence,
      holds('LCP Configure-Request draws no answer once the call has ended'),
    )
    // Sent only now: together with the notification it might be answered before the IUT closes.
    const fence = t.unique()
    control.send('Echo-Request', { identifier: fence })
    // An IUT without a call may end the connection, but by Stop-Control-Connection-Request.
    // Over a bad value it may just close.
    const overBadValue = isDefined(values) ? [] : [reaction.closes()]
    const allowed = [reaction.ignores(fence), reaction.stops(), ...overBadValue] as const
    await control.expectOneOf(['2.13/connection-stays', '1.3.1/calls-apart'], allowed)
  },
)

/** Whether sections 2.13 and 2.16 define the codes of a notification. */
function isDefined(values: { readonly resultCode: number; readonly errorCode?: number }): boolean {
  const { resultCode, errorCode = GeneralError.none } = values
  return resultCode >= 1 && resultCode <= 4 && errorCode <= GeneralError.pacError
}
