import { scenario } from '../catalogue.ts'
import { onlyMode, placeSession } from '../sessions.ts'

const PINGS = 100
/** Stateful encryption reads nothing between a loss and the end of a Reset-Request, which may be lost as well and is repeated after three seconds. */
const RETRIES = 30

export default scenario(
  {
    id: 'session/impaired',
    purpose:
      'A session lives on a path that loses one packet in twenty and swaps others: in the end every ping is answered.',
    decides: ['4/carries-ppp', '1.1/ordinary-ppp'],
    provenBy: ['mppe-lost-for-ever', 'mppe-no-reset-request', 'ppp-drops-datagrams'],
    iut: 'recipient',
    needs: ['outgoing-calls', 'ppp', 'ms-chap-v2', 'mppe-128'],
    profile: 'encrypted',
    impairment: { send: { loss: 0.05, reordering: 0.05 }, receive: { loss: 0.05, reordering: 0.05 } },
    vary: { mode: { stateless: true, stateful: false } },
    valuesNeed: { mode: { stateful: ['mppe-stateful'] } },
  },
  async (t) => {
    const { session } = await placeSession(t, { encryption: onlyMode(128, t.vary.mode) })
    await session.open(OPENING)
    const { answered, spoilt, sent, lost, entry } = await session.ping({
      count: PINGS,
      timeout: 500,
      retries: RETRIES,
    })
    t.decide(['4/carries-ppp', '1.1/ordinary-ppp'], {
      ok: answered === PINGS && spoilt === 0,
      expected: `${PINGS} of ${PINGS} pings answered with their own data, each sent ${RETRIES + 1} times at most`,
      seen: `${answered} of them, ${spoilt} with other data, after ${sent} packets${lost.length === 0 ? '' : `; the first without an answer is ${lost[0]}`}`,
      entry,
    })
  },
)

/** What negotiating may take when its packets are lost: each is repeated after three seconds. */
const OPENING = 60_000
