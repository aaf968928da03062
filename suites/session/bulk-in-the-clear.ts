import { scenario } from '../catalogue.ts'
import { placeSession, reachNetwork } from '../sessions.ts'

const COUNT = 64
/** With the headers of ICMP, IP, PPP, GRE and IP around it, it still fits a packet of 1500 octets. */
const SIZE = 1372

export default scenario(
  {
    id: 'session/bulk-in-the-clear',
    purpose:
      'A lot of large packets goes both ways through a session without encryption, and comes back as it was.',
    decides: ['4/carries-ppp', '1.1/ordinary-ppp'],
    provenBy: ['ppp-drops-large'],
    iut: 'both',
    tags: ['long'],
    needs: ['outgoing-calls', 'ppp', 'ms-chap-v2'],
    profile: 'open',
  },
  async (t) => {
    const { session } = await placeSession(t, { encryption: 'none' })
    await reachNetwork(session)
    // IP promises nothing, so one that was lost may be sent again.
    const { answered, spoilt, sent, entry } = await session.ping({
      count: COUNT,
      size: SIZE,
      window: 8,
      timeout: 1_000,
      retries: 2,
    })
    t.decide(['4/carries-ppp', '1.1/ordinary-ppp'], {
      ok: answered === COUNT && spoilt === 0,
      expected: `${COUNT} of ${COUNT} pings of ${SIZE} octets answered with their own data`,
      seen: `${answered} of them, ${spoilt} with other data, after ${sent} packets`,
      entry,
    })
  },
)
