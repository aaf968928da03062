import { scenario } from '../kit.ts'
import { speakingCall } from '../steps/established-call.ts'
import { lcpAnswers, STILL_CARRIES_PPP } from '../steps/lcp.ts'

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
    const { control, tunnel } = await speakingCall(t)
    control.send('Set-Link-Info', { peersCallId: tunnel.peersCallId, ...t.vary.accm })
    await control.expectNothing(
      '2.15/accepted',
      'no answer to Set-Link-Info, only to the Echo-Request after it',
    )
    t.check('2.15/accepted', await lcpAnswers(t, tunnel), STILL_CARRIES_PPP)
  },
)
