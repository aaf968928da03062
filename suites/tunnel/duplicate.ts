import { PacketCode } from '../../harness/ppp/packet.ts'
import { Inconclusive } from '../../harness/scenario/judge.ts'
import { scenario } from '../catalogue.ts'
import { configureAnswer, firstData, isAnswer, lcpFrame, lcpOf } from '../lcp.ts'

export default scenario(
  {
    id: 'tunnel/duplicate',
    purpose: 'A packet that repeats a sequence number is not delivered a second time.',
    decides: ['4.3/duplicates-discarded'],
    provenBy: ['gre-delivers-duplicates'],
    iut: 'recipient',
    needs: ['outgoing-calls', 'ppp'],
  },
  async (t) => {
    const control = await t.establish()
    const { tunnel } = await t.placeCall(control)
    await firstData(t, tunnel)
    const once = lcpFrame(PacketCode.configureRequest, 31)
    const { sequenceNumber = 0 } = tunnel.send(once)
    if ((await configureAnswer(t, tunnel, 31)) === undefined)
      throw new Inconclusive('the PPP peer answered no Configure-Request')
    tunnel.send(once, { sequenceNumber })
    // The fence: an answer to this one shows that the duplicate was dealt with.
    tunnel.send(lcpFrame(PacketCode.configureRequest, 32), { sequenceNumber: sequenceNumber + 1 })
    const deadline = t.clock.now() + t.timers.tunnel
    for (;;) {
      const received = await tunnel.nextData(Math.max(0, deadline - t.clock.now()))
      const packet = received === undefined ? undefined : lcpOf(received)
      if (received !== undefined && (packet === undefined || !isAnswer(packet))) continue
      t.decide('4.3/duplicates-discarded', {
        ok: packet?.identifier === 32,
        expected: 'an answer to the next Configure-Request, none to the duplicate',
        seen:
          packet === undefined ? 'no answer any more' : `an answer to Configure-Request ${packet.identifier}`,
        entry: received?.entry,
      })
      return
    }
  },
)
