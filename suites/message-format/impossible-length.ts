import { scenario } from '../kit.ts'

export default scenario(
  {
    id: 'message-format/impossible-length',
    purpose:
      'A Length below that of the header, or above that of the longest message, ends the TCP session before anything is answered.',
    decides: ['1.4/loss-of-synchronization-closes'],
    provenBy: ['ignores-short-length', 'waits-for-impossible-length'],
    iut: 'both',
    vary: { length: [0, 8, 11, 221, 65535] },
  },
  async (t) => {
    const control = await t.establish()
    control.send('Echo-Request', { identifier: t.unique() }, { patch: { length: t.vary.length } })
    await control.expectClose('1.4/loss-of-synchronization-closes', { first: true })
  },
)
