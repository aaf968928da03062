import { ChapCode, describeOutcome, PapCode, PppProtocolNumber, scenario } from '../kit.ts'
import { describeSequel, sequel } from '../steps/originator.ts'
import { createWire, describeProtocols, isNetworkControl } from '../steps/sessions.ts'

export default scenario(
  {
    id: 'session/wrong-secret',
    purpose: 'Refused because its user gave a wrong secret, it opens no network.',
    decides: ['rfc1334-2.2.1/request', 'rfc1994-4.1/response', 'rfc1661-3.5/authentication-first'],
    provenBy: ['ppp-never-proves', 'ppp-network-after-failure'],
    iut: 'originator',
    needs: ['secret-setting', 'ppp'],
    profile: 'open',
    vary: { method: { pap: 'pap', 'chap-md5': 'chap-md5', 'ms-chap-v2': 'ms-chap-v2' } },
    valuesNeed: { method: { pap: ['pap'], 'chap-md5': ['chap-md5'], 'ms-chap-v2': ['ms-chap-v2'] } },
  },
  async (t) => {
    const { method } = t.vary
    const { dial, call } = await t.acceptCall({ secret: 'not its secret' })
    const wire = createWire(t, call.tunnel)
    const session = t.session(wire.tunnel, {
      role: 'server',
      waits: true,
      demands: [method],
      encryption: 'none',
    })
    const outcome = await session.opened()
    const isPap = method === 'pap'
    const [proof] = wire
      .packets(isPap ? PppProtocolNumber.pap : PppProtocolNumber.chap)
      .filter(({ packet }) => packet.code === (isPap ? PapCode.request : ChapCode.response))
    t.decide(isPap ? 'rfc1334-2.2.1/request' : 'rfc1994-4.1/response', {
      ok: proof !== undefined,
      expected: `${isPap ? 'Authenticate-Request' : 'Response'}, as agreed on in LCP`,
      seen: proof === undefined ? `none: ${describeOutcome(outcome)}` : 'it',
      entry: proof?.entry ?? outcome.entry,
    })
    if (proof === undefined) return
    // What its user is told is no matter of the RFCs, but worth knowing.
    const told = describeSequel(await sequel(t, dial, t.timers.close))
    const early = wire.frames().filter(isNetworkControl)
    t.decide('rfc1661-3.5/authentication-first', {
      ok: early.length === 0,
      expected: 'no network-layer protocol of one whose login was refused',
      seen: early.length === 0 ? `none; ${told}` : `protocol ${describeProtocols(early)}`,
      entry: early[0]?.entry ?? outcome.entry,
    })
  },
)
