import {
  type Control,
  GeneralError,
  holds,
  is,
  isMessage,
  NotApplicable,
  type Observation,
  observed,
  receivedAs,
  scenario,
  type Tester,
  tolerating,
} from '../kit.ts'
import { bothLive, introduced } from '../steps/calls.ts'
import { firstData } from '../steps/lcp.ts'

/** Calls placed at most. */
const MOST = 20

export default scenario(
  {
    id: 'outgoing-call/until-refused',
    purpose:
      'A call beyond what the PAC can serve is refused with an Outgoing-Call-Reply for lack of resources, and the other calls go on.',
    decides: ['3.2.4/reply-when-failed', '2.16/no-resource', '3.2.1/calls-not-blocked'],
    provenBy: [
      'accepts-beyond-channels',
      'call-refusal-without-error',
      'call-refusal-undefined-error',
      'second-call-replaces-first',
    ],
    iut: 'recipient',
    needs: ['outgoing-calls', 'ppp', 'two-calls'],
  },
  async (t) => {
    const { control, start } = await introduced(t)
    const { tunnel } = await t.placeCall(control)
    await firstData(t, tunnel)
    const { connected, last } = await placeUntilRefused(t, control, start.maximumChannels)
    const answer = observed(last)
    const expected = `Outgoing-Call-Reply to the call request after ${connected} connected calls`
    const replied = isMessage('Outgoing-Call-Reply', () => true, expected)
    t.check('3.2.4/reply-when-failed', answer, replied)
    t.check('2.16/no-resource', answer, NO_RESOURCE)
    const both = await bothLive(t, control, tunnel, answer.entry)
    t.check(
      '3.2.1/calls-not-blocked',
      both,
      holds('Echo-Request and, in the first call, LCP Configure-Request are answered'),
    )
  },
)

/**
 * Places calls beside the first, until one is not connected or exceeds the channels.
 * @param channels Maximum Channels of the start reply; 0 where it gives no limit.
 * @returns how many calls were connected, and the answer to the last request.
 * @throws NotApplicable when `MOST` calls are connected.
 */
async function placeUntilRefused<R extends string>(
  t: Tester<R>,
  control: Control<R>,
  channels: number,
): Promise<{ readonly connected: number; readonly last: Observation }> {
  for (let connected = 1; connected < MOST; ) {
    control.send('Outgoing-Call-Request', t.callRequest())
    const last = await control.next(t.timers.call)
    if (codesOf(last).resultCode !== 1) return { connected, last }
    connected++
    if (channels > 0 && connected > channels) return { connected, last }
  }
  throw new NotApplicable(`the implementation connects ${MOST} calls, and no more were tried`)
}

function codesOf(observation: Observation) {
  const { resultCode = 0, errorCode = 0 } = receivedAs(observation, 'Outgoing-Call-Reply')?.message ?? {}
  return { resultCode, errorCode }
}

const NO_RESOURCE = tolerating(
  is<Observation>(
    'Result Code 2 with Error Code 4 (No-Resource), or Result Code 7 (Do Not Accept)',
    (observation) => {
      const { resultCode, errorCode } = codesOf(observation)
      return resultCode === 7 || (resultCode === 2 && errorCode === GeneralError.noResource)
    },
  ),
  // Result Codes 3 to 6, failures of the telephone line, are only a warning.
  (observation) => {
    const { resultCode } = codesOf(observation)
    return resultCode >= 3 && resultCode <= 6
  },
)
