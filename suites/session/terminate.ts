import { PacketCode, PppProtocolNumber, scenario } from '../kit.ts'
import { placeSession } from '../steps/sessions.ts'

export default scenario(
  {
    id: 'session/terminate',
    purpose: 'LCP Terminate-Request ends a live session, and is acknowledged.',
    decides: ['rfc1661-5.5/terminate-ack'],
    provenBy: ['lcp-no-terminate-ack'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp', 'ms-chap-v2'],
  },
  async (t) => {
    const { wire, session } = await placeSession(t)
    await session.open()
    const acknowledged = await session.terminate()
    const [ack] = wire
      .packets(PppProtocolNumber.lcp)
      .filter(({ packet }) => packet.code === PacketCode.terminateAck)
    t.decide('rfc1661-5.5/terminate-ack', {
      ok: acknowledged,
      expected: 'LCP Terminate-Ack',
      seen: acknowledged ? 'it' : 'none',
      entry: ack?.entry,
    })
  },
)
