import { PppProtocolNumber, scenario } from '../kit.ts'
import { onlyMode, placeSession, reachNetwork } from '../steps/sessions.ts'

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
    const { answered, entry } = await session.ping({ count: AFTER, timeout: 1_000 })
    t.decide('rfc3078-8.1/catches-up', {
      ok: answered === AFTER,
      expected: `${AFTER} of ${AFTER} pings answered after a lost one`,
      seen: `${answered} of them`,
      entry,
    })
  },
)
