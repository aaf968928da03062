import { scenario } from '../kit.ts'
import { exchangeBulk, onlyMode, placeSession } from '../steps/sessions.ts'

export default scenario(
  {
    id: 'session/bulk',
    purpose: 'Many large packets go both ways through an encrypted session, and come back unchanged.',
    decides: ['4/carries-ppp', '1.1/ordinary-ppp'],
    provenBy: ['ppp-drops-large'],
    iut: 'both',
    tags: ['long'],
    needs: ['outgoing-calls', 'ppp', 'ms-chap-v2', 'mppe-128'],
    profile: 'encrypted',
  },
  async (t) => {
    const { session } = await placeSession(t, { encryption: onlyMode(128, true) })
    await exchangeBulk(t, session)
  },
)
