import { ChapCode, describeOutcome, PapCode, PppProtocolNumber, printable, scenario, textOf } from '../kit.ts'
import {
  decideShutOut,
  gettingSomewhere,
  METHODS,
  METHODS_NEED,
  placeSession,
  stayOn,
  wrong,
} from '../steps/sessions.ts'

export default scenario(
  {
    id: 'session/wrong-login',
    purpose:
      'Who gives a wrong secret, or a name that nobody has, is refused: it is told, and no network opens.',
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
    vary: { method: METHODS, login: { 'wrong-secret': 'secret', 'unknown-name': 'name' } },
    valuesNeed: { method: METHODS_NEED },
  },
  async (t) => {
    const { method, login } = t.vary
    const account = login === 'secret' ? wrong(t.accounts()) : { name: 'nobody', secret: t.accounts().secret }
    const { wire, session } = await placeSession(t, {
      account,
      proves: [method],
      encryption: 'none',
      peer: { onStep: stayOn },
    })
    const outcome = await session.opened(gettingSomewhere(t.timers))
    const isPap = method === 'pap'
    const verdicts = wire.packets(isPap ? PppProtocolNumber.pap : PppProtocolNumber.chap)
    const refusal = verdicts.find(({ packet }) => packet.code === (isPap ? PapCode.nak : ChapCode.failure))
    t.decide(isPap ? 'rfc1334-2.2.2/nak' : 'rfc1994-4.2/failure', {
      ok: refusal !== undefined,
      expected: `${isPap ? 'Authenticate-Nak' : 'Failure'} for a login by ${method} with a wrong ${login}`,
      seen: refusal === undefined ? `none: ${describeOutcome(outcome)}` : 'it',
      entry: refusal?.entry ?? outcome.entry,
    })
    if (refusal !== undefined && method === 'ms-chap-v1') {
      const message = textOf(refusal.packet.data)
      const seen = { seen: printable(message), entry: refusal.entry }
      const ok = /^E=691 R=[01]/.test(message)
      t.decide('rfc2433-8/error-code', { ok, expected: 'a Message that begins with E=691 R=', ...seen })
      t.decide('rfc2433-8/version', {
        ok: Number(/ V=(\d+)/.exec(message)?.[1] ?? 1) >= 2,
        expected: 'a Message with a V of 2 or more',
        ...seen,
      })
    }
    if (refusal !== undefined && method === 'ms-chap-v2') {
      const message = textOf(refusal.packet.data)
      const seen = { seen: printable(message), entry: refusal.entry }
      const ok = /^E=691 R=[01]/.test(message)
      t.decide('rfc2759-6/error-code', { ok, expected: 'a Message that begins with E=691 R=', ...seen })
      t.decide('rfc2759-6/challenge', {
        ok: / C=[0-9A-Fa-f]{32}( |$)/.test(message),
        expected: 'a Message with a C of 32 hexadecimal digits',
        ...seen,
      })
      t.decide('rfc2759-6/version', {
        ok: / V=0*3( |$)/.test(message),
        expected: 'a Message with a V of 3',
        ...seen,
      })
    }
    decideShutOut(t, wire, outcome, { who: 'who did not log in', after: ' after the refusal' })
  },
)
