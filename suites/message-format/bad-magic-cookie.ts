import { startRequest } from '../../harness/scenario/tester.ts'
import { scenario } from '../catalogue.ts'

export default scenario(
  {
    id: 'message-format/bad-magic-cookie',
    purpose:
      'A first message with a wrong Magic Cookie ends the TCP session, and nothing is answered before.',
    decides: ['1.4/loss-of-synchronization-closes'],
    provenBy: ['ignores-magic-cookie', 'answers-before-closing'],
    iut: 'recipient',
    vary: {
      cookie: { 'last-bit': 0x1a2b3c4c, 'octets-swapped': 0x4d3c2b1a, zero: 0 },
      delivery: { whole: 'whole', 'octet-by-octet': 'octet-by-octet' },
    },
  },
  async (t) => {
    const control = await t.connect()
    control.send('Start-Control-Connection-Request', startRequest(), {
      patch: { magicCookie: t.vary.cookie },
      delivery: t.vary.delivery,
    })
    await control.expectClose('1.4/loss-of-synchronization-closes', { first: true })
  },
)
