import { PptpMessageType, reaction, scenario, sizeOf, startReply } from '../kit.ts'
import { startAsked } from '../steps/originator.ts'

const SIZE = sizeOf('Start-Control-Connection-Reply')

export default scenario(
  {
    id: 'start/malformed-reply',
    purpose: 'After a malformed start reply the originator asks for no call, and closes the connection.',
    decides: ['2.16/bad-format', '3/invalid-message', '1.4/management-messages-undefined'],
    provenBy: [
      'accepts-wrong-size',
      'ignores-wrong-size',
      'ignores-unknown-type',
      'executes-management-messages',
    ],
    iut: 'originator',
    vary: {
      malformation: {
        'four-too-many': {
          requirement: '2.16/bad-format',
          how: { patch: { length: SIZE + 4 }, append: new Uint8Array(4) },
        },
        'four-missing': {
          requirement: '2.16/bad-format',
          how: { patch: { length: SIZE - 4 }, truncate: SIZE - 4 },
        },
        'type-16': { requirement: '3/invalid-message', how: { patch: { controlMessageType: 16 } } },
        'management-message': {
          requirement: '1.4/management-messages-undefined',
          how: { patch: { pptpMessageType: PptpMessageType.management } },
        },
      },
    },
  },
  async (t) => {
    const { requirement, how } = t.vary.malformation
    const { control } = await startAsked(t)
    control.send('Start-Control-Connection-Reply', startReply(), how)
    await control.expectOneOf(
      requirement,
      [reaction.closes(), reaction.stops(), reaction.silence('warn')],
      t.timers.request,
    )
  },
)
