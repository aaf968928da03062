import { absent, type Malformation, PptpMessageType, reaction, scenario, sizeOf } from '../kit.ts'
import { dataIn } from '../steps/incoming.ts'
import { answersStop, callAsked, sendCallReply, watchWithoutCall } from '../steps/originator.ts'

const SIZE = sizeOf('Outgoing-Call-Reply')
/** Octets: one more than the longest message. */
const LONGER_THAN_ANY = 221

/**
 * ms within which an IUT that took the reply for a valid one sends data: a usual PPP peer waits a
 * second first.
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
      'A malformed call reply does not connect the call. The connection is closed, at once if the stream is out of step.',
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
    // An IUT that waits for 221 octets would take the fence for some of them.
    if (how.patch?.length !== LONGER_THAN_ANY) control.send('Echo-Request', { identifier: fence })
    const inStep = requirement !== '1.4/loss-of-synchronization-closes'
    const allowed = inStep ? inStepReactions(fence) : ([reaction.closes()] as const)
    answersStop(control, await control.expectOneOf(requirement, allowed))
    const { data } = await watchWithoutCall(t, control, tunnel, TAKEN)
    const nothing = absent('no data in the tunnel: the reply was malformed')
    t.check('3.2.4.2/wait-reply-no-data', dataIn(data, request.entry), nothing)
  },
)

/** Reactions allowed while the stream is in step: the connection need not close at once. */
function inStepReactions(fence: number) {
  return [
    reaction.closes(),
    reaction.stops(),
    reaction.answers('Call-Clear-Request', () => true, 'the implementation clears the call', 'warn'),
    reaction.ignores(fence, 'warn'),
  ] as const
}
