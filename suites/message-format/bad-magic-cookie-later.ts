import { scenario } from '../kit.ts'

export default scenario(
  {
    id: 'message-format/bad-magic-cookie-later',
    purpose:
      'A wrong Magic Cookie on an established control connection ends the TCP session before anything is answered.',
    decides: ['1.4/loss-of-synchronization-closes'],
    provenBy: ['ignores-magic-cookie', 'resynchronizes'],
    iut: 'both',
    vary: { cookie: { 'first-bit': 0x9a2b3c4d, ones: 0xffffffff } },
  },
  async (t) => {
    const control = await t.establish()
    control.send('Echo-Request', { identifier: t.unique() }, { patch: { magicCookie: t.vary.cookie } })
    await control.expectClose('1.4/loss-of-synchronization-closes', { first: true })
  },
)
