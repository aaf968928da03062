import { scenario } from '../catalogue.ts'

export default scenario(
  {
    id: 'message-format/impossible-length',
    purpose:
      'A Length that cannot even hold the header ends the TCP session, and nothing is answered before.',
    decides: ['1.4/loss-of-synchronization-closes'],
    provenBy: ['ignores-short-length'],
    iut: 'recipient',
    vary: { length: { '0': 0, '8': 8, '11': 11 } },
  },
  async (t) => {
    const control = await t.establish()
    control.send('Echo-Request', { identifier: t.unique() }, { patch: { length: t.vary.length } })
    await control.expectClose('1.4/loss-of-synchronization-closes', { first: true })
  },
)
