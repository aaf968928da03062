import { controlMessage, encodeControl, reaction, scenario } from '../kit.ts'

export default scenario(
  {
    id: 'message-format/no-resynchronization',
    purpose:
      'After a message with a wrong Magic Cookie, a valid message in the same stream is neither found nor executed.',
    decides: ['1.4/no-resynchronization'],
    provenBy: ['resynchronizes', 'ignores-magic-cookie'],
    iut: 'both',
  },
  async (t) => {
    const control = await t.establish()
    const behind = t.unique()
    control.send(
      'Echo-Request',
      { identifier: t.unique() },
      {
        patch: { magicCookie: 0 },
        append: encodeControl(controlMessage('Echo-Request', { identifier: behind })),
      },
    )
    await control.expectOneOf(
      '1.4/no-resynchronization',
      [reaction.closes(), reaction.silence()],
      t.timers.close,
    )
  },
)
