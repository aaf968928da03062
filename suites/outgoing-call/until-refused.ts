import {
  describeObservation,
  entryOf,
  GeneralError,
  Inconclusive,
  type Observation,
  type Received,
  receivedAs,
  scenario,
  startRequest,
} from '../kit.ts'
import { answersConfigure, firstData } from '../steps/lcp.ts'

/** Calls placed at most. */
const MOST = 20

export default scenario(
  {
    id: 'outgoing-call/until-refused',
    purpose:
      'One call too many is refused with an Outgoing-Call-Reply for want of resources, while the others go on.',
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
    const control = await t.connect()
    control.send('Start-Control-Connection-Request', startRequest())
    const { maximumChannels } = (await control.await('Start-Control-Connection-Reply')).message
    const first = await t.placeCall(control)
    await firstData(t, first.tunnel)

    let connected = 1
    let last: Observation | undefined
    let reply: Received<'Outgoing-Call-Reply'> | undefined
    while (connected < MOST) {
      control.send('Outgoing-Call-Request', t.callRequest())
      last = await control.next(t.timers.call)
      reply = receivedAs(last, 'Outgoing-Call-Reply')
      if (reply?.message.resultCode !== 1) break
      connected++
      if (maximumChannels > 0 && connected > maximumChannels) break
    }
    if (last === undefined) return
    const success = reply?.message.resultCode === 1
    if (success && (maximumChannels === 0 || connected <= maximumChannels))
      throw new Inconclusive(`it connects ${connected} calls, and no more were tried`)
    t.decide('3.2.4/reply-when-failed', {
      ok: reply !== undefined,
      expected: `Outgoing-Call-Reply, whatever becomes of a call beside ${connected} others`,
      seen: describeObservation(last),
      entry: entryOf(last),
    })
    const { resultCode = 0, errorCode = 0 } = reply?.message ?? {}
    t.decide('2.16/no-resource', {
      ok: resultCode === 7 || (resultCode === 2 && errorCode === GeneralError.noResource),
      expected: 'Result Code 2 with Error Code 4 (No-Resource), or Result Code 7 (Do Not Accept)',
      seen: describeObservation(last),
      entry: entryOf(last),
      // A failure of the line, as if there were one.
      ...(resultCode >= 3 && resultCode <= 6 ? { otherwise: 'warn' } : {}),
    })
    const alive = (await control.isAlive()) && (await answersConfigure(t, first.tunnel))
    t.decide('3.2.1/calls-not-blocked', {
      ok: alive,
      expected: 'connection and first call go on',
      seen: alive
        ? 'Echo-Request and LCP Configure-Request are answered'
        : 'Echo-Request or LCP Configure-Request draws no answer',
      entry: entryOf(last),
    })
  },
)
