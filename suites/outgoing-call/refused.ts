import { reaction } from '../../harness/scenario/control.ts'
import { Decided, Inconclusive } from '../../harness/scenario/judge.ts'
import { describeMessage, receivedAs } from '../../harness/scenario/observation.ts'
import { scenario } from '../catalogue.ts'
import { answersConfigure, firstData } from '../lcp.ts'

export default scenario(
  {
    id: 'outgoing-call/refused',
    purpose: 'A call request in error is answered with the error, and neither connection nor live call mind.',
    decides: ['3.2.4.1/idle-request-in-error', '3.2.1/calls-not-blocked'],
    provenBy: [
      'bad-call-closes-connection',
      'call-refusal-without-error',
      'call-refusal-undefined-result',
      'second-call-replaces-first',
    ],
    iut: 'recipient',
    needs: ['outgoing-calls', 'ppp', 'two-calls'],
  },
  async (t) => {
    const control = await t.establish()
    const first = await t.placeCall(control)
    await firstData(t, first.tunnel)
    control.send('Outgoing-Call-Request', t.callRequest({ bearerType: 0 }))
    const observation = await control.expectOneOf(
      '3.2.4.1/idle-request-in-error',
      [
        reaction.answers('Outgoing-Call-Reply', isFailure, 'Outgoing-Call-Reply reports the error'),
        reaction.answers(
          'Outgoing-Call-Reply',
          ({ resultCode, errorCode }) => (resultCode === 2 && errorCode === 0) || resultCode > 2,
          'it reports an error with codes that do not go together',
          'warn',
        ),
      ],
      t.timers.call,
    )
    const reply = receivedAs(observation, 'Outgoing-Call-Reply')
    if (reply === undefined) throw new Decided()
    if (reply.message.resultCode === 1)
      throw new Inconclusive(`the request was granted: ${describeMessage(reply.message)}`)
    const alive = (await control.isAlive()) && (await answersConfigure(t, first.tunnel))
    t.decide('3.2.1/calls-not-blocked', {
      ok: alive,
      expected: 'connection and first call go on',
      seen: alive
        ? 'Echo-Request and LCP Configure-Request are answered'
        : 'Echo-Request or LCP Configure-Request draws no answer',
      entry: reply.entry,
    })
  },
)

/** Result Codes 3 to 7 with Error Code 0, and 2 with one that is not 0 (interpretation A-15). */
function isFailure({
  resultCode,
  errorCode,
}: {
  readonly resultCode: number
  readonly errorCode: number
}): boolean {
  return resultCode === 2 ? errorCode > 0 : resultCode >= 3 && resultCode <= 7 && errorCode === 0
}
