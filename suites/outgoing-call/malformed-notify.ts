import { is, type Malformation, scenario, sizeOf, tolerating } from '../kit.ts'
import { awaitAnsweringPeer } from '../steps/lcp.ts'
import { type Aftermath, aftermath, clearsCall, endsConnection } from '../steps/originator.ts'

const SIZE = sizeOf('Call-Disconnect-Notify')
/** Octets of Call Statistics, the last field. */
const STATISTICS = 128

const SIZES = {
  'without-statistics': { patch: { length: SIZE - STATISTICS }, truncate: SIZE - STATISTICS },
  'four-too-many': { patch: { length: SIZE + 4 }, append: new Uint8Array(4) },
} as const satisfies Record<string, Malformation>

export default scenario(
  {
    id: 'outgoing-call/malformed-notify',
    purpose:
      'A Call-Disconnect-Notify with a wrong Length is not executed: the connection is closed, rather than the call alone ended.',
    decides: ['2.16/bad-format'],
    provenBy: ['accepts-wrong-size', 'ignores-wrong-size'],
    iut: 'originator',
    needs: ['ppp'],
    vary: { size: SIZES },
  },
  async (t) => {
    const { control, call } = await t.acceptCall()
    await awaitAnsweringPeer(t, call.tunnel)
    control.send('Call-Disconnect-Notify', { callId: call.reply.callId, resultCode: 1 }, t.vary.size)
    t.check('2.16/bad-format', await aftermath(t, control, call.tunnel), ENDS)
  },
)

const ENDS = tolerating(
  is<Aftermath>('the connection closes, or Stop-Control-Connection-Request', ({ observation }) =>
    endsConnection(observation),
  ),
  // ignoring the message is only a warning, and so is Call-Clear-Request.
  ({ carries, observation }) => carries || clearsCall(observation),
)
