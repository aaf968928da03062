import { ChapCode, describeOutcome, PapCode, PppProtocolNumber, scenario } from '../kit.ts'
import { METHODS, METHODS_NEED, PATIENT, placeSession } from '../steps/sessions.ts'

export default scenario(
  {
    id: 'session/proves-itself',
    purpose: 'Asked by its peer to prove who it is, it does so, by whichever method it is asked for.',
    decides: ['rfc1334-2.2.1/request', 'rfc1994-4.1/response', 'rfc1994-4.1/response-value', '4/carries-ppp'],
    provenBy: ['ppp-never-proves', 'ppp-proves-wrongly'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp', 'proves-itself'],
    profile: 'open',
    vary: { method: METHODS },
    valuesNeed: { method: METHODS_NEED },
  },
  async (t) => {
    const { method } = t.vary
    const isPap = method === 'pap'
    const { wire, session } = await placeSession(t, {
      demands: [method],
      proves: ['chap-md5', 'ms-chap-v2', 'pap'],
      encryption: 'none',
    })
    const outcome = await session.opened()
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
    const isRight = outcome.kind !== 'authentication-failed' || outcome.side !== 'peer'
    if (!isPap)
      t.decide('rfc1994-4.1/response-value', {
        ok: isRight,
        expected: `the Value that its secret makes of our Challenge, by ${method}`,
        seen: isRight ? 'it' : 'another',
        entry: proof.entry,
      })
    if (!isRight) return
    const ping = outcome.kind === 'opened' ? await session.ping(PATIENT) : undefined
    t.decide('4/carries-ppp', {
      ok: ping?.answered === 1,
      expected: 'a ping answered after both ends have logged in',
      seen: ping === undefined ? describeOutcome(outcome) : `${ping.answered} of 1`,
      entry: ping?.entry ?? outcome.entry,
    })
  },
)
