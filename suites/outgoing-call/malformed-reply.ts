import { absent, type Malformation, PptpMessageType, reaction, scenario, sizeOf } from '../kit.ts'
import { dataIn } from '../steps/incoming.ts'
import { answersStop, callAsked, sendCallReply, watchWithoutCall } from '../steps/originator.ts'

const SIZE = sizeOf('Outgoing-Call-Reply')
const LONGER_THAN_ANY = 221

/**
 * ms in which whoever took the reply for one has begun to talk: a usual PPP peer lets a second pass
 * first.
 */
const TAKEN = 2_000

const MALFORMATIONS = {
  'four-too-many': {
    requirement: '2.16/bad-format',
    how: { patch: { length: SIZE + 4 }, append: new Uint8Array(4) } as Malformation,
  },
  'four-missing': {
    requirement: '2.16/bad-format',
    how: { patch: { length: SIZE - 4 }, truncate: SIZE - 4 } as Malformation,
  },
  'management-message': {
    requirement: '1.4/management-messages-undefined',
    how: { patch: { pptpMessageType: PptpMessageType.management } } as Malformation,
  },
  'length-0': {
    requirement: '1.4/loss-of-synchronization-closes',
    how: { patch: { length: 0 } } as Malformation,
  },
  'length-221': {
    requirement: '1.4/loss-of-synchronization-closes',
    how: { patch: { length: LONGER_THAN_ANY } } as Malformation,
  },
  'magic-cookie': {
    requirement: '1.4/loss-of-synchronization-closes',
    how: { patch: { magicCookie: 0x4d3c2b1a } } as Malformation,
  },
} as const

export default scenario(
  {
    id: 'outgoing-call/malformed-reply',
    purpose:
      'A call reply that is malformed is none: the call is not connected. The connection is closed, at once where the stream is out of step.',
    decides: [
      '2.16/bad-format',
      '1.4/management-messages-undefined',
      '1.4/loss-of-synchronization-closes',
      '3.2.4.2/wait-reply-no-data',
    ],
    provenBy: [
      'accepts-wrong-size',
      'ignores-wrong-size',
      'executes-management-messages',
      'ignores-magic-cookie',
      'resynchronizes',
      'ignores-short-length',
      'waits-for-impossible-length',
    ],
    iut: 'originator',
    vary: { malformation: MALFORMATIONS },
  },
  async (t) => {
    const { requirement, how } = t.vary.malformation
    const asked = await callAsked(t)
    const { control, request } = asked
    const tunnel = sendCallReply(asked, t.callReply(request), how)
    const fence = t.unique()
    // To whoever waits for 221 octets a fence would be some of them.
    if (how.patch?.length !== LONGER_THAN_ANY) control.send('Echo-Request', { identifier: fence })
    const inStep = requirement !== '1.4/loss-of-synchronization-closes'
    const allowed = inStep ? inStepReactions(fence) : ([reaction.closes()] as const)
    answersStop(control, await control.expectOneOf(requirement, allowed))
    const { data } = await watchWithoutCall(t, control, tunnel, TAKEN)
    const nothing = absent('no data: what came is no reply')
    t.check('3.2.4.2/wait-reply-no-data', dataIn(data, request.entry), nothing)
  },
)

/** What may come where the stream is in step: the connection need not end at once. */
function inStepReactions(fence: number) {
  return [
    reaction.closes(),
    reaction.stops(),
    reaction.answers('Call-Clear-Request', () => true, 'the implementation gives the call up', 'warn'),
    reaction.ignores(fence, 'warn'),
  ] as const
}
