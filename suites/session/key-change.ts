import { scenario } from '../kit.ts'
import { onlyMode, placeSession, reachNetwork } from '../steps/sessions.ts'

/** In each direction, so that a flag packet goes by: count 255. */
const PINGS = 258

export default scenario(
  {
    id: 'session/key-change',
    purpose: 'In stateful mode the key changes with every 256th packet, in both directions.',
    decides: ['rfc3078-7.2/key-on-flag'],
    provenBy: ['mppe-keeps-key'],
    iut: 'both',
    tags: ['long'],
    needs: ['outgoing-calls', 'ppp', 'ms-chap-v2', 'mppe-128', 'mppe-stateful'],
    profile: 'encrypted',
  },
  async (t) => {
    const { session } = await placeSession(t, { encryption: onlyMode(128, false) })
    await reachNetwork(session)
    const { answered, lost, entry } = await session.ping({ count: PINGS, timeout: 1_000 })
    t.decide('rfc3078-7.2/key-on-flag', {
      ok: answered === PINGS,
      expected: `${PINGS} of ${PINGS} pings answered, over a change of the key`,
      seen: answered === PINGS ? 'all' : `${answered} of them, the first without an answer is ${lost[0]}`,
      entry,
    })
  },
)
