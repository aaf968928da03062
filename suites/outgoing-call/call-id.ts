import { scenario } from '../kit.ts'
import { requestCall, requireLine } from '../steps/calls.ts'

export default scenario(
  {
    id: 'outgoing-call/call-id',
    purpose: 'Any 16-bit Call ID is accepted and comes back in the reply.',
    decides: ['2.7/any-call-id', '2.8/peers-call-id'],
    provenBy: ['refuses-call-id-zero', 'call-reply-wrong-peer-id'],
    iut: 'recipient',
    needs: ['outgoing-calls'],
    vary: { id: { '0': 0, '1': 1, '0x8000': 0x8000, '0xFFFF': 0xffff } },
  },
  async (t) => {
    const { control } = await requestCall(t, { callId: t.vary.id })
    const reply = await control.expect('2.7/any-call-id', 'Outgoing-Call-Reply', t.timers.call)
    t.field('2.8/peers-call-id', reply, 'peersCallId', t.vary.id)
    requireLine(reply)
    t.field('2.7/any-call-id', reply, 'resultCode', 1)
  },
)
