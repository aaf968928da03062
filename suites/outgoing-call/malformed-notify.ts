import {
  describeObservation,
  entryOf,
  Inconclusive,
  type Malformation,
  receivedAs,
  scenario,
  sizeOf,
} from '../kit.ts'
import { answersConfigure, firstData } from '../steps/lcp.ts'
import { describeCarrying, endsConnection } from '../steps/originator.ts'

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
      'A Call-Disconnect-Notify whose Length is not its own is not executed: the connection is closed, and the call does not end alone.',
    decides: ['2.16/bad-format'],
    provenBy: ['accepts-wrong-size', 'ignores-wrong-size'],
    iut: 'originator',
    needs: ['ppp'],
    vary: { size: SIZES },
  },
  async (t) => {
    const { control, call } = await t.acceptCall()
    await firstData(t, call.tunnel)
    if (!(await answersConfigure(t, call.tunnel)))
      throw new Inconclusive('the PPP peer answered no Configure-Request')
    control.send('Call-Disconnect-Notify', { callId: call.reply.callId, resultCode: 1 }, t.vary.size)
    const fence = t.unique()
    control.send('Echo-Request', { identifier: fence })
    const observation = await control.next()
    const alive = receivedAs(observation, 'Echo-Reply')?.message.identifier === fence
    const carries = alive && (await answersConfigure(t, call.tunnel, t.timers.reply))
    const cleared = receivedAs(observation, 'Call-Clear-Request') !== undefined
    t.decide('2.16/bad-format', {
      ok: endsConnection(observation),
      expected: 'the connection closes, or Stop-Control-Connection-Request',
      seen: alive ? `the connection goes on, ${describeCarrying(carries)}` : describeObservation(observation),
      entry: entryOf(observation),
      // passing over it is a warning, and so is giving the call up in good order.
      ...(carries || cleared ? { otherwise: 'warn' } : {}),
    })
  },
)
