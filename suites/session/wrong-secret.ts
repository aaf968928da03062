import { adding, present, scenario, shownBy } from '../kit.ts'
import { describeSequel, sequel } from '../steps/originator.ts'
import {
  authenticationBy,
  createWire,
  networkControlIn,
  none,
  orOutcome,
  packetIn,
} from '../steps/sessions.ts'

export default scenario(
  {
    id: 'session/wrong-secret',
    purpose: 'A client that is refused for a wrong secret opens no network.',
    decides: ['rfc1334-2.2.1/request', 'rfc1994-4.1/response', 'rfc1661-3.5/authentication-first'],
    provenBy: ['ppp-never-proves', 'ppp-network-after-failure'],
    iut: 'originator',
    needs: ['secret-setting', 'ppp'],
    profile: 'open',
    vary: { method: ['pap', 'chap-md5', 'ms-chap-v2'] },
    valuesNeed: { method: { pap: ['pap'], 'chap-md5': ['chap-md5'], 'ms-chap-v2': ['ms-chap-v2'] } },
  },
  async (t) => {
    const { method } = t.vary
    const { dial, call } = await t.acceptCall({ secret: 'not its secret' })
    const wire = createWire(t, call.tunnel)
    const options = { role: 'server', waits: true, demands: [method], encryption: 'none' } as const
    const outcome = await t.session(wire.tunnel, options).opened()
    const { proof } = authenticationBy(method)
    const proved = orOutcome(packetIn(wire, proof), outcome)
    const requirement = method === 'pap' ? 'rfc1334-2.2.1/request' : 'rfc1994-4.1/response'
    t.check(requirement, proved, present(`${proof.name}, as agreed on in LCP`))
    if (proved.value === undefined) return
    // No RFC says what the client tells its user; the finding reports it for information.
    const told = describeSequel(await sequel(t, dial, t.timers.close))
    const early = networkControlIn(wire.frames())
    const nothing = none('no network-layer protocol from a client whose login was refused')
    t.check('rfc1661-3.5/authentication-first', shownBy(adding(early, `; ${told}`), outcome.entry), nothing)
  },
)
