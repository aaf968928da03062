import { scenario } from '../kit.ts'
import { allAnswered, pingsOf, placeSession } from '../steps/sessions.ts'

const COUNT = 100
/** Repetitions of a ping at most: IP does not promise to deliver it. */
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
    // Gives the network behind PPP time to come up; only the pings below decide.
    await session.reaches()
    const options = { count: COUNT, retries: RETRIES, timeout: t.timers.reply }
    const pings = pingsOf(await session.ping(options))
    const expected = `${COUNT} of ${COUNT} pings answered, each with its own data`
    t.check(['4/carries-ppp', '1.1/ordinary-ppp'], pings, allAnswered(expected))
  },
)
