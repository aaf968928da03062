import { PppProtocolNumber } from '../../harness/ppp/frame.ts'
import { PacketCode } from '../../harness/ppp/packet.ts'
import { describeOutcome } from '../../harness/scenario/session.ts'
import { scenario } from '../catalogue.ts'
import { describeProtocols, isNetworkControl, placeSession } from '../sessions.ts'

export default scenario(
  {
    id: 'session/no-login',
    purpose: 'Who refuses to log in gets no network: the link is terminated.',
    decides: ['rfc1661-3.5/authentication-first', 'rfc1661-3.5/failure-terminates'],
    provenBy: ['ppp-login-optional'],
    iut: 'recipient',
    needs: ['outgoing-calls', 'ppp', 'chap-md5'],
    profile: 'open',
  },
  async (t) => {
    const { wire, session } = await placeSession(t, { proves: 'none', encryption: 'none' })
    const outcome = await session.opened(t.timers.tunnel)
    const early = wire.frames().filter(isNetworkControl)
    t.decide('rfc1661-3.5/authentication-first', {
      ok: outcome.kind !== 'opened' && early.length === 0,
      expected: 'no network-layer protocol for who rejects the authentication option',
      seen: early.length === 0 ? describeOutcome(outcome) : `protocol ${describeProtocols(early)}`,
      entry: early[0]?.entry ?? outcome.entry,
    })
    const [terminated] = wire
      .packets(PppProtocolNumber.lcp)
      .filter(({ packet }) => packet.code === PacketCode.terminateRequest)
    t.decide('rfc1661-3.5/failure-terminates', {
      ok: terminated !== undefined,
      expected: 'LCP Terminate-Request',
      seen: terminated === undefined ? describeOutcome(outcome) : 'it',
      entry: terminated?.entry ?? outcome.entry,
    })
  },
)
