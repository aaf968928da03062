import { arrivalOf, present, scenario, shownBy } from '../kit.ts'
import { requestCall } from '../steps/calls.ts'

export default scenario(
  {
    id: 'outgoing-call/window-zero',
    purpose:
      'A Packet Recv. Window Size of 0 in a call request is refused or taken for 1: in an accepted call the PAC still sends data.',
    decides: ['2.7/window-zero'],
    provenBy: ['accepts-window-zero', 'call-reply-missing'],
    iut: 'recipient',
    needs: ['outgoing-calls', 'ppp'],
  },
  async (t) => {
    const { control, tunnels, request } = await requestCall(t, { packetRecvWindowSize: 0 })
    const reply = await control.expect('2.7/window-zero', 'Outgoing-Call-Reply', t.timers.call)
    if (reply.message.resultCode !== 1) return
    const data = await tunnels.end(request.callId, reply.message.callId).nextData(t.timers.tunnel)
    t.check(
      '2.7/window-zero',
      shownBy(
        arrivalOf(data, 'a first packet in the tunnel', `no packet in the tunnel for ${t.timers.tunnel} ms`),
        reply.entry,
      ),
      present('a first packet in the tunnel of an accepted call'),
    )
  },
)
