import { scenario } from '../kit.ts'

export default scenario(
  {
    id: 'message-format/segmentation-later',
    purpose: 'On an established control connection a message is understood wherever TCP cuts it.',
    decides: ['1.4/message-boundaries', '2.6/identifier'],
    provenBy: ['framer-needs-whole-message-per-read'],
    iut: 'both',
    vary: {
      cut: {
        'octet-by-octet': 'octet-by-octet',
        'after-1': { first: 1, pause: 150 },
        'after-7': { first: 7, pause: 150 },
        'after-12': { first: 12, pause: 150 },
      },
    },
  },
  async (t) => {
    const control = await t.establish()
    const identifier = t.unique()
    control.send('Echo-Request', { identifier }, { delivery: t.vary.cut })
    const reply = await control.expect('1.4/message-boundaries', 'Echo-Reply')
    t.field('2.6/identifier', reply, 'identifier', identifier)
  },
)
