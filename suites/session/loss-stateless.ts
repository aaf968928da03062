import { PppProtocolNumber, scenario } from '../kit.ts'
import { allAnswered, onlyMode, pingsOf, placeSession, reachNetwork } from '../steps/sessions.ts'

/** Pings that are sent after the loss. */
const AFTER = 5

export default scenario(
  {
    id: 'session/loss-stateless',
    purpose: 'In stateless mode an encrypted packet is read although the one before it was lost.',
    decides: ['rfc3078-8.1/catches-up'],
    provenBy: ['mppe-lost-for-ever'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp', 'ms-chap-v2', 'mppe-128'],
    profile: 'encrypted',
  },
  async (t) => {
    const { wire, session } = await placeSession(t, { encryption: onlyMode(128, true) })
    await reachNetwork(session)
    wire.loseOurs(PppProtocolNumber.compressed)
    await session.ping({ timeout: 200 })
    const pings = pingsOf(await session.ping({ count: AFTER, timeout: 1_000 }))
    const expected = `${AFTER} of ${AFTER} pings answered after an encrypted packet was lost`
    t.check('rfc3078-8.1/catches-up', pings, allAnswered(expected))
  },
)
