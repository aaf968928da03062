import { factOf, holds, PacketCode, PppProtocolNumber, scenario } from '../kit.ts'
import { packetsOf, placeSession } from '../steps/sessions.ts'

const TERMINATE_ACK = { protocol: PppProtocolNumber.lcp, code: PacketCode.terminateAck }

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
    const [ack] = packetsOf(wire, TERMINATE_ACK)
    t.check(
      'rfc1661-5.5/terminate-ack',
      factOf(acknowledged, 'LCP Terminate-Ack', 'no LCP Terminate-Ack', ack?.entry),
      holds('LCP Terminate-Ack to our Terminate-Request'),
    )
  },
)
