import { scenario, startRequest } from '../kit.ts'

/** ms between the pieces: long enough that the IUT reads the first piece alone. */
const PAUSE = 150

export default scenario(
  {
    id: 'message-format/segmentation',
    purpose: 'The first message is understood wherever TCP cuts it.',
    decides: ['1.4/message-boundaries'],
    provenBy: ['framer-needs-whole-message-per-read'],
    iut: 'recipient',
    vary: { cut: { 'after-1': 1, 'after-7': 7, 'after-12': 12, 'after-155': 155 } },
  },
  async (t) => {
    const control = await t.connect()
    control.send('Start-Control-Connection-Request', startRequest(), {
      delivery: { first: t.vary.cut, pause: PAUSE },
    })
    await control.expect('1.4/message-boundaries', 'Start-Control-Connection-Reply')
  },
)
