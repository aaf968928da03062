import { scenario } from '../kit.ts'
import { allAnswered, pingsOf, placeSession } from '../steps/sessions.ts'

const COUNT = 100
/** IP promises nothing. */
const RETRIES = 2

export default scenario(
  {
    id: 'session/ping',
    purpose: 'A whole PPP session comes up through the tunnel, and every ping through it is answered.',
    decides: ['4/carries-ppp', '1.1/ordinary-ppp'],
    provenBy: ['ppp-drops-datagrams', 'gre-never-acknowledges'],
    iut: 'both',
    tags: ['long'],
    needs: ['outgoing-calls', 'ppp', 'ms-chap-v2'],
  },
  async (t) => {
    const { session } = await placeSession(t)
    await session.open()
    // Whether or not: what counts is what follows.
    await session.reaches()
    const options = { count: COUNT, retries: RETRIES, timeout: t.timers.reply }
    const pings = pingsOf(await session.ping(options))
    const expected = `${COUNT} of ${COUNT} pings answered, each with its own data`
    t.check(['4/carries-ppp', '1.1/ordinary-ppp'], pings, allAnswered(expected))
  },
)
