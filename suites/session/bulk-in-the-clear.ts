import { scenario } from '../kit.ts'
import { exchangeBulk, placeSession } from '../steps/sessions.ts'

export default scenario(
  {
    id: 'session/bulk-in-the-clear',
    purpose: 'Many large packets go both ways through a session without encryption, and come back unchanged.',
    decides: ['4/carries-ppp', '1.1/ordinary-ppp'],
    provenBy: ['ppp-drops-large'],
    iut: 'both',
    tags: ['long'],
    needs: ['outgoing-calls', 'ppp', 'ms-chap-v2'],
    profile: 'open',
  },
  async (t) => {
    const { session } = await placeSession(t, { encryption: 'none' })
    await exchangeBulk(t, session)
  },
)
