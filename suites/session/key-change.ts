import { adding, scenario } from '../kit.ts'
import { allAnswered, onlyMode, pingsOf, placeSession, reachNetwork } from '../steps/sessions.ts'

/** Pings in each direction: enough to pass the flag packet, whose coherency count is 255. */
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
    const ping = await session.ping({ count: PINGS, timeout: 1_000 })
    const [first] = ping.lost
    const lost = first === undefined ? '' : `, the first without an answer is ping ${first}, counted from 0`
    const expected = allAnswered(
      `${PINGS} of ${PINGS} pings answered, also after the key change at coherency count 255`,
    )
    t.check('rfc3078-7.2/key-on-flag', adding(pingsOf(ping), lost), expected)
  },
)
