import { Inconclusive } from '../../harness/scenario/judge.ts'
import { scenario } from '../catalogue.ts'
import { answersConfigure, fallsSilent, firstData } from '../lcp.ts'

export default scenario(
  {
    id: 'connection/tunnel-ends',
    purpose: 'When TCP goes away its call is dead.',
    decides: ['3/calls-end'],
    provenBy: ['drop-keeps-tunnel'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp'],
    vary: { end: { fin: 'FIN', rst: 'RST' } },
  },
  async (t) => {
    const control = await t.establish()
    const { tunnel } = await t.placeCall(control)
    await firstData(t, tunnel)
    if (!(await answersConfigure(t, tunnel)))
      throw new Inconclusive('the PPP peer answered no Configure-Request')
    if (t.vary.end === 'FIN') control.end()
    else control.reset()
    const silent = await fallsSilent(t, tunnel, t.timers.close)
    t.decide('3/calls-end', {
      ok: silent,
      expected: 'no answer in the tunnel any more',
      seen: silent
        ? 'LCP Configure-Request draws no answer'
        : `the PPP peer still answers LCP Configure-Request after ${t.timers.close} ms`,
    })
  },
)
