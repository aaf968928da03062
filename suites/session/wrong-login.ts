import { evidence, is, present, printable, scenario, textOf } from '../kit.ts'
import {
  authenticationBy,
  decideShutOut,
  gettingSomewhere,
  METHODS,
  METHODS_NEED,
  orOutcome,
  packetIn,
  placeSession,
  stayOn,
  wrong,
} from '../steps/sessions.ts'

const LOGINS = { 'wrong-secret': 'a wrong secret', 'unknown-name': 'an unknown name' } as const

/** What the Message of a Failure must hold, by method of authentication. */
const MESSAGES = {
  'ms-chap-v1': [
    {
      requirement: 'rfc2433-8/error-code',
      expected: 'a Message that begins with E=691 (authentication failure) and R=0 or R=1',
      says: (message: string) => /^E=691 R=[01]/.test(message),
    },
    {
      requirement: 'rfc2433-8/version',
      expected: 'a Message with V=2 (version of password change) or a higher V',
      says: (message: string) => Number(/ V=(\d+)/.exec(message)?.[1] ?? 1) >= 2,
    },
  ],
  'ms-chap-v2': [
    {
      requirement: 'rfc2759-6/error-code',
      expected: 'a Message that begins with E=691 (authentication failure) and R=0 or R=1',
      says: (message: string) => /^E=691 R=[01]/.test(message),
    },
    {
      requirement: 'rfc2759-6/challenge',
      expected: 'a Message with C= and a challenge of 32 hexadecimal digits',
      says: (message: string) => / C=[0-9A-Fa-f]{32}( |$)/.test(message),
    },
    {
      requirement: 'rfc2759-6/version',
      expected: 'a Message with V=3 (version of password change)',
      says: (message: string) => / V=0*3( |$)/.test(message),
    },
  ],
  'chap-md5': [],
  pap: [],
} as const

export default scenario(
  {
    id: 'session/wrong-login',
    purpose:
      'A client with a wrong secret or an unknown name is told that it is refused, and no network opens.',
    decides: [
      'rfc1334-2.2.2/nak',
      'rfc1994-4.2/failure',
      'rfc2433-8/error-code',
      'rfc2433-8/version',
      'rfc2759-6/error-code',
      'rfc2759-6/challenge',
      'rfc2759-6/version',
      'rfc1661-3.5/authentication-first',
      'rfc1661-3.5/failure-terminates',
    ],
    provenBy: [
      'ppp-accepts-any-secret',
      'ppp-no-verdict',
      'ppp-network-without-login',
      'ppp-stays-after-refusal',
      'ppp-failure-without-code',
      'ppp-failure-without-challenge',
      'ppp-failure-old-version',
    ],
    iut: 'recipient',
    needs: ['outgoing-calls', 'ppp'],
    profile: 'open',
    vary: { method: METHODS, login: ['wrong-secret', 'unknown-name'] },
    valuesNeed: { method: METHODS_NEED },
  },
  async (t) => {
    const { method, login } = t.vary
    const right = t.accounts()
    const account = login === 'wrong-secret' ? wrong(right) : { name: 'nobody', secret: right.secret }
    const peer = { onStep: stayOn }
    const options = { account, proves: [method], encryption: 'none', peer } as const
    const { wire, session } = await placeSession(t, options)
    const outcome = await session.opened(gettingSomewhere(t.timers))
    const { refusal } = authenticationBy(method)
    const refused = orOutcome(packetIn(wire, refusal), outcome)
    const requirement = method === 'pap' ? 'rfc1334-2.2.2/nak' : 'rfc1994-4.2/failure'
    t.check(requirement, refused, present(`${refusal.name} for a login by ${method} with ${LOGINS[login]}`))
    const message = textOf(refused.value?.packet.data ?? new Uint8Array(0))
    const said = evidence(message, `Message "${printable(message)}"`, refused.entry)
    if (refused.value !== undefined)
      for (const { requirement: part, expected, says } of MESSAGES[method])
        t.check(part, said, is(expected, says))
    decideShutOut(t, wire, outcome, { who: 'a client that did not log in', after: ' after the refusal' })
  },
)
