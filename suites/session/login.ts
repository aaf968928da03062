import { is, present, type SessionOutcome, scenario, shownBy } from '../kit.ts'
import {
  allAnswered,
  authenticationBy,
  METHODS,
  METHODS_NEED,
  orOutcome,
  outcomeOf,
  PATIENT,
  packetIn,
  pingsThrough,
  placeSession,
} from '../steps/sessions.ts'

const PINGS = 3

export default scenario(
  {
    id: 'session/login',
    purpose:
      'A client that knows the secret is let in, by whichever method it asks for, and its pings are answered.',
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
    const { acceptance } = authenticationBy(method)
    const accepted = orOutcome(packetIn(wire, acceptance), outcome)
    const requirement = method === 'pap' ? 'rfc1334-2.2.2/ack' : 'rfc1994-4.2/success'
    t.check(requirement, accepted, present(`${acceptance.name} for the right secret, by ${method}`))
    if (accepted.value === undefined) return
    if (method === 'ms-chap-v2')
      t.check('rfc2759-5/authenticator-response', shownBy(outcomeOf(outcome), accepted.entry), PROVES)
    if (outcome.kind === 'authentication-failed') return
    const pings = await pingsThrough(session, outcome, { count: PINGS, ...PATIENT })
    const all = allAnswered(`${PINGS} of ${PINGS} pings answered after login by ${method}`)
    t.check(['4/carries-ppp', '1.1/ordinary-ppp'], pings, all)
  },
)

const PROVES = is<SessionOutcome>(
  'a Success with the authenticator response (S=) that follows from the secret',
  ({ kind }) => kind !== 'authentication-failed',
)
