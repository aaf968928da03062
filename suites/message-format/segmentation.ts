import { startRequest } from '../../harness/scenario/tester.ts'
import { scenario } from '../catalogue.ts'

export default scenario(
  {
    id: 'message-format/segmentation',
    purpose: 'A message is understood however TCP cuts it.',
    decides: ['1.4/message-boundaries'],
    provenBy: ['framer-needs-whole-message-per-read'],
    iut: 'recipient',
    vary: {
      delivery: { 'octet-by-octet': 1, 'three-octets': 3, 'header-then-body': 12, 'all-but-the-end': 155 },
    },
  },
  async (t) => {
    const control = await t.connect()
    control.send('Start-Control-Connection-Request', startRequest(), { delivery: t.vary.delivery })
    await control.expect('1.4/message-boundaries', 'Start-Control-Connection-Reply')
  },
)
