import { is, scenario, tolerating } from '../kit.ts'
import { firstData } from '../steps/lcp.ts'
import { type Aftermath, aftermath, clearsCall, endsConnection } from '../steps/originator.ts'

export default scenario(
  {
    id: 'outgoing-call/replied-twice',
    purpose:
      'A second reply to the same call request, with another Call ID, is ignored or ends the connection; it does not change the connected call.',
    decides: ['3/unexpected-message'],
    provenBy: ['second-call-reply-ends-call', 'hangs-on-unexpected'],
    iut: 'originator',
    needs: ['ppp'],
    vary: {
      second: {
        connected: { resultCode: 1, errorCode: 0 },
        refused: { resultCode: 2, errorCode: 4 },
      },
    },
  },
  async (t) => {
    const { control, call } = await t.acceptCall()
    await firstData(t, call.tunnel)
    control.send('Outgoing-Call-Reply', t.callReply(call.request, t.vary.second))
    t.check('3/unexpected-message', await aftermath(t, control, call.tunnel), STAYS_OR_ENDS)
  },
)

const STAYS_OR_ENDS = tolerating(
  is<Aftermath>(
    'PPP in the tunnel as before, or the end of the connection',
    ({ carries, observation }) => carries || endsConnection(observation),
  ),
  // Call-Clear-Request ends the call in good order: only a warning.
  ({ observation }) => clearsCall(observation),
)
