import { scenario } from '../kit.ts'

export default scenario(
  {
    id: 'outgoing-call/window-zero',
    purpose:
      'A receive window of 0 is refused, or treated as 1: it does not keep the PAC from sending at all.',
    decides: ['2.7/window-zero'],
    provenBy: ['accepts-window-zero', 'call-reply-missing'],
    iut: 'recipient',
    needs: ['outgoing-calls', 'ppp'],
  },
  async (t) => {
    const tunnels = await t.openTunnel()
    const control = await t.establish()
    const request = t.callRequest({ packetRecvWindowSize: 0 })
    control.send('Outgoing-Call-Request', request)
    const reply = await control.expect('2.7/window-zero', 'Outgoing-Call-Reply', t.timers.call)
    if (reply.message.resultCode !== 1) return
    const data = await tunnels.end(request.callId, reply.message.callId).nextData(t.timers.tunnel)
    t.decide('2.7/window-zero', {
      ok: data !== undefined,
      expected: 'a first packet in the tunnel of an accepted call',
      seen: data === undefined ? `nothing for ${t.timers.tunnel} ms` : 'a first packet',
      entry: data?.entry ?? reply.entry,
    })
  },
)
