import { scenario } from '../kit.ts'
import { answeringPeer, fallsSilent } from '../steps/lcp.ts'

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
    await answeringPeer(t, tunnel)
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
