import { ChapCode, describeOutcome, PapCode, PppProtocolNumber, scenario } from '../kit.ts'
import { METHODS, METHODS_NEED, PATIENT, placeSession } from '../steps/sessions.ts'

const PINGS = 3

export default scenario(
  {
    id: 'session/login',
    purpose: 'Who knows the secret is let in, by whichever method it prefers, and its pings are answered.',
    decides: [
      'rfc1334-2.2.2/ack',
      'rfc1994-4.2/success',
      'rfc2759-5/authenticator-response',
      '4/carries-ppp',
      '1.1/ordinary-ppp',
    ],
    provenBy: ['ppp-no-verdict', 'ppp-wrong-authenticator-response', 'ppp-drops-datagrams'],
    iut: 'recipient',
    needs: ['outgoing-calls', 'ppp'],
    profile: 'open',
    vary: { method: METHODS },
    valuesNeed: { method: METHODS_NEED },
  },
  async (t) => {
    const { method } = t.vary
    const { wire, session } = await placeSession(t, { proves: [method], encryption: 'none' })
    const outcome = await session.opened()
    const [accepted] = wire
      .packets(method === 'pap' ? PppProtocolNumber.pap : PppProtocolNumber.chap)
      .filter(({ packet }) => packet.code === (method === 'pap' ? PapCode.ack : ChapCode.success))
    t.decide(method === 'pap' ? 'rfc1334-2.2.2/ack' : 'rfc1994-4.2/success', {
      ok: accepted !== undefined,
      expected: `${method === 'pap' ? 'Authenticate-Ack' : 'Success'} for the right secret, by ${method}`,
      seen: accepted === undefined ? `none: ${describeOutcome(outcome)}` : 'it',
      entry: accepted?.entry ?? outcome.entry,
    })
    if (method === 'ms-chap-v2' && accepted !== undefined)
      t.decide('rfc2759-5/authenticator-response', {
        ok: outcome.kind !== 'authentication-failed',
        expected: 'a Success with the S that follows from the secret',
        seen: describeOutcome(outcome),
        entry: accepted.entry,
      })
    if (accepted === undefined || outcome.kind === 'authentication-failed') return
    const ping = outcome.kind === 'opened' ? await session.ping({ count: PINGS, ...PATIENT }) : undefined
    t.decide(['4/carries-ppp', '1.1/ordinary-ppp'], {
      ok: ping?.answered === PINGS,
      expected: `${PINGS} of ${PINGS} pings answered after login by ${method}`,
      seen: ping === undefined ? describeOutcome(outcome) : `${ping.answered} of them`,
      entry: ping?.entry ?? outcome.entry,
    })
  },
)
