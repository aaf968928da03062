import { scenario, shownBy } from '../kit.ts'
import { allAnswered, onlyMode, PATIENT, pingsOf, placeSession } from '../steps/sessions.ts'

const PINGS = 3
const ONLY = ['ms-chap-v1'] as const

export default scenario(
  {
    id: 'session/older-keys',
    purpose: 'Pings are answered with MPPE whose keys follow from MS-CHAP, the predecessor of MS-CHAPv2.',
    decides: ['rfc3079-2/keys'],
    provenBy: ['mppe-wrong-keys'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp', 'ms-chap-v1'],
    profile: 'encrypted',
    vary: { strength: [40, 56, 128] },
    valuesNeed: { strength: { '40': ['mppe-40'], '56': ['mppe-56'], '128': ['mppe-128'] } },
  },
  async (t) => {
    const { wire, session } = await placeSession(t, {
      ...(t.iut === 'originator' ? { demands: ONLY } : { proves: ONLY }),
      encryption: onlyMode(t.vary.strength, true),
    })
    await session.open()
    const pings = pingsOf(await session.ping({ count: PINGS, ...PATIENT }))
    t.check('rfc3079-2/keys', shownBy(pings, wire.encrypted()[0]?.entry), allAnswered(EXPECTED))
  },
)

const EXPECTED = `${PINGS} of ${PINGS} pings answered, encrypted with the keys that follow from MS-CHAP`
