import { scenario } from '../catalogue.ts'
import { firstData, isAnswer, lcpOf } from '../lcp.ts'
import { request, WITHIN, WITHOUT_ACKNOWLEDGMENT } from '../tunnel-watch.ts'

const WINDOW = 2
const REQUESTS = 6
const DELAY = 10
/** Identifiers of the two calls' Configure-Requests begin with these. */
const FIRST = 80
const SECOND = 120

export default scenario(
  {
    id: 'tunnel/two-calls',
    purpose: 'Two calls have numbers and time-outs of their own: one that stalls does not slow the other.',
    decides: ['1.3.2/key-selects-session', '4.1/numbers-per-session', '4.4/per-session'],
    provenBy: ['gre-ignores-separate-acknowledgment', 'gre-first-sequence-one', 'gre-first-call-takes-all'],
    iut: 'recipient',
    needs: ['outgoing-calls', 'ppp', 'two-calls'],
  },
  async (t) => {
    const control = await t.establish()
    const values = { packetRecvWindowSize: WINDOW, packetProcessingDelay: DELAY }
    const stalled = (await t.placeCall(control, values)).tunnel
    await firstData(t, stalled)
    for (let count = 0; count < REQUESTS; count++)
      stalled.send(request(FIRST + count), WITHOUT_ACKNOWLEDGMENT)
    const lively = (await t.placeCall(control, values)).tunnel
    const first = await firstData(t, lively)
    t.decide('4.1/numbers-per-session', {
      ok: first.packet.sequenceNumber === 0,
      expected: 'Sequence Number 0 in the first packet of the second call',
      seen: `Sequence Number ${first.packet.sequenceNumber ?? 'absent'}`,
      entry: first.entry,
      // Where numbers begin with 1 they do so in each call.
      ...(first.packet.sequenceNumber === 1 ? { otherwise: 'warn' as const } : {}),
    })
    for (let count = 0; count < REQUESTS; count++) lively.send(request(SECOND + count))
    const deadline = t.clock.now() + WITHIN
    const answered: number[] = []
    while (answered.filter((identifier) => identifier >= SECOND).length < REQUESTS) {
      const received = await lively.nextData(Math.max(0, deadline - t.clock.now()))
      if (received === undefined) break
      lively.acknowledge()
      const packet = lcpOf(received)
      if (packet !== undefined && isAnswer(packet)) answered.push(packet.identifier)
    }
    const own = answered.filter((identifier) => identifier >= SECOND)
    t.decide('4.4/per-session', {
      ok: own.length === REQUESTS,
      expected: `${REQUESTS} answers in the call whose packets are acknowledged, within ${WITHIN} ms, while the other call waits`,
      seen: `${own.length} answers`,
    })
    t.decide('1.3.2/key-selects-session', {
      ok: own.length > 0 && own.length === answered.length,
      expected: 'in the second call answers to what was asked in it, and no others',
      seen:
        own.length === answered.length
          ? `${own.length} answers`
          : `answers to Configure-Request ${answered.filter((identifier) => identifier < SECOND).join(', ')} of the first call in the second`,
    })
  },
)
