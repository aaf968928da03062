import { Decided, scenario } from '../kit.ts'
import { expectLegalCall } from '../steps/calls.ts'

export default scenario(
  {
    id: 'outgoing-call/speeds',
    purpose:
      'Whatever speeds are asked for, a call that is connected has one from Minimum BPS to Maximum BPS.',
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
    const { range } = t.vary
    const control = await t.establish()
    const reply = await expectLegalCall(t, control, '2.7/minimum-bps', range)
    if (reply === undefined) throw new Decided()
    const { resultCode, connectSpeed } = reply.message
    const connected = resultCode === 1
    const seen = connected ? `Connect Speed ${connectSpeed}` : `no call, Result Code ${resultCode}`
    t.decide('2.7/minimum-bps', {
      ok: !connected || connectSpeed >= range.minimumBps,
      expected: `Connect Speed of at least Minimum BPS, ${range.minimumBps}`,
      seen,
      entry: reply.entry,
    })
    t.decide('2.7/maximum-bps', {
      ok: !connected || connectSpeed <= range.maximumBps,
      expected: `Connect Speed of at most Maximum BPS, ${range.maximumBps}`,
      seen,
      entry: reply.entry,
    })
  },
)
