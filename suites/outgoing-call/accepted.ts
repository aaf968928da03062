import { atLeast, fieldOf, is, scenario } from '../kit.ts'
import { requestCall, requireLine } from '../steps/calls.ts'

export default scenario(
  {
    id: 'outgoing-call/accepted',
    purpose: 'A valid Outgoing-Call-Request is answered with a valid, successful Outgoing-Call-Reply.',
    decides: [
      '3.2.4/reply-to-request',
      '3.2.4/reply-when-connected',
      '3.2.4.1/wait-cs-ans-connected',
      '2.8/peers-call-id',
      '2.8/result-code',
      '2.8/error-code',
      '2.8/connect-speed',
      '2.8/window',
    ],
    provenBy: [
      'call-reply-missing',
      'call-reply-wrong-peer-id',
      'call-reply-result-0',
      'call-reply-error-with-success',
      'call-reply-speed-out-of-range',
      'call-reply-window-zero',
    ],
    iut: 'recipient',
    needs: ['outgoing-calls'],
    vary: {
      speed: {
        wide: { minimumBps: 300, maximumBps: 100_000_000 },
        narrow: { minimumBps: 56_000, maximumBps: 64_000 },
      },
    },
  },
  async (t) => {
    const { control, request } = await requestCall(t, t.vary.speed)
    const reply = await control.expect(
      ['3.2.4/reply-to-request', '3.2.4/reply-when-connected', '3.2.4.1/wait-cs-ans-connected'],
      'Outgoing-Call-Reply',
      t.timers.call,
    )
    t.field('2.8/peers-call-id', reply, 'peersCallId', request.callId)
    requireLine(reply)
    t.field(['2.8/result-code', '3.2.4.1/wait-cs-ans-connected'], reply, 'resultCode', 1)
    if (reply.message.resultCode !== 1) return
    t.field('2.8/error-code', reply, 'errorCode', 0)
    t.check('2.8/connect-speed', fieldOf(reply, 'connectSpeed'), isWithin(request))
    const window = fieldOf(reply, 'packetRecvWindowSize')
    t.check('2.8/window', window, atLeast(1, 'Packet Recv. Window Size of at least 1'))
  },
)

function isWithin({ minimumBps, maximumBps }: { readonly minimumBps: number; readonly maximumBps: number }) {
  return is<number>(
    `Connect Speed from ${minimumBps} to ${maximumBps}`,
    (speed) => speed >= minimumBps && speed <= maximumBps,
  )
}
