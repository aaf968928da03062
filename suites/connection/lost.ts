import { Inconclusive } from '../../harness/scenario/judge.ts'
import { attempt } from '../attempt.ts'
import { scenario } from '../catalogue.ts'
import { answersConfigure, fallsSilent, firstData } from '../lcp.ts'

export default scenario(
  {
    id: 'connection/lost',
    purpose:
      'When TCP goes away its call is dead, and a new control connection can have a call with the same Call ID.',
    decides: ['3/tcp-loss-handled', '3/calls-end', '3.2.1/call-ids-released'],
    provenBy: {
      recipient: ['drop-keeps-tunnel', 'drop-keeps-call-ids', 'accepts-once'],
      originator: ['drop-keeps-tunnel'],
    },
    iut: 'both',
    needs: ['outgoing-calls', 'ppp'],
    vary: { end: { fin: 'FIN', rst: 'RST' } },
  },
  async (t) => {
    const lost = await t.establish()
    const { tunnel } = await t.placeCall(lost)
    await firstData(t, tunnel)
    if (!(await answersConfigure(t, tunnel)))
      throw new Inconclusive('the PPP peer answered no Configure-Request')
    if (t.vary.end === 'FIN') lost.end()
    else lost.reset()
    const silent = await fallsSilent(t, tunnel, t.timers.close)
    t.decide('3/calls-end', {
      ok: silent,
      expected: 'no answer in the tunnel any more',
      seen: silent
        ? 'LCP Configure-Request draws no answer'
        : `the PPP peer still answers LCP Configure-Request after ${t.timers.close} ms`,
    })

    const again = await attempt(() => t.establish())
    t.decide('3/tcp-loss-handled', {
      ok: again.why === undefined,
      expected: 'another control connection',
      seen: again.why ?? 'just that',
    })
    if (again.why !== undefined) return
    const call = await attempt(() => t.placeCall(again.value, { callId: tunnel.callId }))
    t.decide('3.2.1/call-ids-released', {
      ok: call.why === undefined,
      expected: `a call to which we assign Call ID ${tunnel.callId} again`,
      seen: call.why ?? 'just that',
    })
  },
)
