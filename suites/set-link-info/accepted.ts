import { scenario } from '../kit.ts'
import { answersConfigure, firstData } from '../steps/lcp.ts'

export default scenario(
  {
    id: 'set-link-info/accepted',
    purpose: 'Set-Link-Info draws no answer and disturbs neither the call nor the control connection.',
    decides: ['2.15/accepted'],
    provenBy: ['set-link-info-closes', 'set-link-info-answers'],
    iut: 'recipient',
    needs: ['outgoing-calls', 'ppp'],
    vary: {
      accm: {
        'as-pptp-linux-sends': { sendAccm: 0xffffffff, receiveAccm: 0xffffffff },
        none: { sendAccm: 0, receiveAccm: 0 },
      },
    },
  },
  async (t) => {
    const control = await t.establish()
    const { tunnel } = await t.placeCall(control)
    await firstData(t, tunnel)
    control.send('Set-Link-Info', { peersCallId: tunnel.peersCallId, ...t.vary.accm })
    await control.expectNothing('2.15/accepted', 'no answer to Set-Link-Info, and the connection in step')
    const alive = await answersConfigure(t, tunnel)
    t.decide('2.15/accepted', {
      ok: alive,
      expected: 'the call still carries PPP',
      seen: alive ? 'LCP Configure-Request is answered' : 'LCP Configure-Request is not answered any more',
    })
  },
)
