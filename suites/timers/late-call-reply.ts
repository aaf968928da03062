import { scenario } from '../kit.ts'
import { MINUTE } from '../steps/keep-alive.ts'
import { carriesPpp, describeCarrying } from '../steps/originator.ts'

/** Of the minute that a reply has to come. */
const LATE = (5 / 6) * MINUTE

export default scenario(
  {
    id: 'timers/late-call-reply',
    purpose: 'A call reply that comes after 50 of its 60 seconds still connects the call.',
    decides: ['3/reply-patience', '3.2.1/no-short-timers'],
    provenBy: ['call-reply-awaited-briefly'],
    iut: 'originator',
    needs: ['ppp'],
    timer: { wait: MINUTE },
  },
  async (t) => {
    const { control } = await t.accept()
    const tunnels = await t.openTunnel()
    const request = await control.await('Outgoing-Call-Request', t.timers.request)
    const asked = t.stopwatch()
    await t.clock.sleep(t.implementationTime(LATE))
    const reply = t.callReply(request)
    control.send('Outgoing-Call-Reply', reply)
    const carries = await carriesPpp(t, tunnels.end(reply.callId, request.message.callId))
    t.decide(['3/reply-patience', '3.2.1/no-short-timers'], {
      ok: carries,
      expected: `PPP in the tunnel after a reply that took ${t.durations(asked.elapsed())}`,
      seen: describeCarrying(carries),
      entry: request.entry,
    })
  },
)
