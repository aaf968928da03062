import { startRequest } from '../../harness/scenario/tester.ts'
import { scenario } from '../catalogue.ts'
import { fallsSilent, firstData } from '../lcp.ts'

export default scenario(
  {
    id: 'connection/lost',
    purpose:
      'When TCP went away with a call, a new control connection can place a call with the same Call ID.',
    decides: ['3/tcp-loss-handled', '3.2.1/call-ids-released'],
    provenBy: ['drop-keeps-call-ids', 'accepts-once'],
    iut: 'recipient',
    needs: ['outgoing-calls', 'ppp'],
    vary: { end: { fin: 'FIN', rst: 'RST' } },
  },
  async (t) => {
    const lost = await t.establish()
    const { tunnel } = await t.placeCall(lost)
    await firstData(t, tunnel)
    if (t.vary.end === 'FIN') lost.end()
    else lost.reset()
    await fallsSilent(t, tunnel, t.timers.close)

    const control = await t.expectConnection('3/tcp-loss-handled')
    control.send('Start-Control-Connection-Request', startRequest())
    const start = await control.expect('3/tcp-loss-handled', 'Start-Control-Connection-Reply')
    t.field('3/tcp-loss-handled', start, 'resultCode', 1)
    control.send('Outgoing-Call-Request', t.callRequest({ callId: tunnel.callId }))
    const reply = await control.expect('3.2.1/call-ids-released', 'Outgoing-Call-Reply', t.timers.call)
    t.field('3.2.1/call-ids-released', reply, 'resultCode', 1)
  },
)
