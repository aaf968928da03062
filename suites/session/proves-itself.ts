import { factOf, holds, present, scenario } from '../kit.ts'
import {
  allAnswered,
  authenticationBy,
  METHODS,
  METHODS_NEED,
  orOutcome,
  PATIENT,
  packetIn,
  pingsThrough,
  placeSession,
} from '../steps/sessions.ts'

export default scenario(
  {
    id: 'session/proves-itself',
    purpose: 'An implementation proves who it is, by whichever method its peer demands.',
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
    const { wire, session } = await placeSession(t, {
      demands: [method],
      proves: ['chap-md5', 'ms-chap-v2', 'pap'],
      encryption: 'none',
    })
    const outcome = await session.opened()
    const { proof } = authenticationBy(method)
    const proved = orOutcome(packetIn(wire, proof), outcome)
    const requirement = method === 'pap' ? 'rfc1334-2.2.1/request' : 'rfc1994-4.1/response'
    t.check(requirement, proved, present(`${proof.name}, as agreed on in LCP`))
    if (proved.value === undefined) return
    const isRight = outcome.kind !== 'authentication-failed' || outcome.side !== 'peer'
    const value = factOf(isRight, 'the Value that follows from its secret', 'another Value', proved.entry)
    const expected = holds(`the Value that follows from its secret and our Challenge, by ${method}`)
    if (method !== 'pap') t.check('rfc1994-4.1/response-value', value, expected)
    if (!isRight) return
    const pings = await pingsThrough(session, outcome, PATIENT)
    t.check('4/carries-ppp', pings, allAnswered('a ping answered after both ends have logged in'))
  },
)
