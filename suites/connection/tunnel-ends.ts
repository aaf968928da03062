import { holds, scenario } from '../kit.ts'
import { awaitAnsweringPeer, tunnelSilence } from '../steps/lcp.ts'

export default scenario(
  {
    id: 'connection/tunnel-ends',
    purpose:
      'When TCP ends, the call on the control connection ends: PPP in its tunnel is no longer answered.',
    decides: ['3/calls-end'],
    provenBy: ['drop-keeps-tunnel'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp'],
    vary: { end: ['fin', 'rst'] },
  },
  async (t) => {
    const control = await t.establish()
    const { tunnel } = await t.placeCall(control)
    await awaitAnsweringPeer(t, tunnel)
    if (t.vary.end === 'fin') control.end()
    else control.reset()
    const silence = await tunnelSilence(t, tunnel, t.timers.close)
    t.check('3/calls-end', silence, holds('LCP Configure-Request draws no answer once the call has ended'))
  },
)
