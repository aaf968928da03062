import { Decided, type Evidence, fieldOf, is, type Received, scenario, wholeMessage } from '../kit.ts'
import { expectLegalCall } from '../steps/calls.ts'

export default scenario(
  {
    id: 'outgoing-call/speeds',
    purpose:
      'A connected call has a Connect Speed from Minimum BPS to Maximum BPS, whatever range is requested.',
    decides: ['2.7/minimum-bps', '2.7/maximum-bps'],
    provenBy: ['call-reply-speed-out-of-range', 'call-reply-speed-above-maximum'],
    iut: 'recipient',
    needs: ['outgoing-calls'],
    vary: {
      range: {
        any: { minimumBps: 0, maximumBps: 0xffffffff },
        slow: { minimumBps: 1, maximumBps: 300 },
        modem: { minimumBps: 33_600, maximumBps: 56_000 },
        'one-speed': { minimumBps: 64_000, maximumBps: 64_000 },
        fast: { minimumBps: 0x80000000, maximumBps: 0xffffffff },
      },
    },
  },
  async (t) => {
    const { minimumBps, maximumBps } = t.vary.range
    const control = await t.establish()
    const reply = await expectLegalCall(t, control, '2.7/minimum-bps', t.vary.range)
    if (reply === undefined) throw new Decided()
    const speed = speedOf(reply)
    t.check(
      '2.7/minimum-bps',
      speed,
      is(`Connect Speed of at least Minimum BPS, ${minimumBps}`, (bps) => (bps ?? minimumBps) >= minimumBps),
    )
    t.check(
      '2.7/maximum-bps',
      speed,
      is(`Connect Speed of at most Maximum BPS, ${maximumBps}`, (bps) => (bps ?? maximumBps) <= maximumBps),
    )
  },
)

/** The Connect Speed of a connected call; undefined if the call was refused. */
function speedOf(reply: Received<'Outgoing-Call-Reply'>): Evidence<number | undefined> {
  if (reply.message.resultCode === 1) return fieldOf(reply, 'connectSpeed')
  return { ...wholeMessage(reply), value: undefined }
}
