import { scenario } from '../kit.ts'
import { decideShutOut, gettingSomewhere, placeSession } from '../steps/sessions.ts'

export default scenario(
  {
    id: 'session/no-login',
    purpose: 'A client that refuses to log in gets no network: the link is terminated.',
    decides: ['rfc1661-3.5/authentication-first', 'rfc1661-3.5/failure-terminates'],
    provenBy: ['ppp-login-optional'],
    iut: 'recipient',
    needs: ['outgoing-calls', 'ppp', 'chap-md5'],
    profile: 'open',
  },
  async (t) => {
    const { wire, session } = await placeSession(t, { proves: 'none', encryption: 'none' })
    const outcome = await session.opened(gettingSomewhere(t.timers))
    decideShutOut(t, wire, outcome, { who: 'a client that rejects the authentication option', after: '' })
  },
)
