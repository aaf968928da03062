import { Inconclusive, scenario } from '../kit.ts'
import { answersIn, describeAnswers, isAnswered, request, watch } from '../steps/tunnel-watch.ts'

/** Sent before the call, and as its first packet. */
const EARLY = 41
const FIRST = 42
/** Calls that are placed to learn in which steps it assigns its Call IDs. */
const BEFORE = 2

export default scenario(
  {
    id: 'tunnel/before-call',
    purpose:
      'Data that comes before its call was placed is not taken as data of the call, and does it no harm.',
    decides: ['4.1/call-id-received', '4.1/first-sequence-number-taken'],
    provenBy: ['gre-keeps-early-packets'],
    iut: 'recipient',
    needs: ['outgoing-calls', 'ppp'],
  },
  async (t) => {
    const tunnels = await t.openTunnel()
    const assigned: number[] = []
    for (let count = 0; count < BEFORE; count++) {
      const control = await t.establish()
      const { tunnel } = await t.placeCall(control)
      assigned.push(tunnel.peersCallId)
      control.send('Stop-Control-Connection-Request', { reason: 1 })
      await control.dispose()
    }
    const [first = 0, last = 0] = assigned
    // The same one again, the next one, or the next in whatever steps it takes.
    const likely = [...new Set([last, last + 1, 2 * last - first].map((callId) => callId & 0xffff))]
    const control = await t.establish()
    for (const callId of likely) tunnels.end(t.unique() & 0xffff, callId).send(request(EARLY))

    const { tunnel } = await t.placeCall(control)
    if (!likely.includes(tunnel.peersCallId))
      throw new Inconclusive(
        `Call ID ${tunnel.peersCallId} was not to be foreseen from ${assigned.join(' and ')}`,
      )
    // Where it did not speak first it may wait for ours.
    const spoken = await tunnel.nextData(t.timers.tunnel)
    tunnel.send(request(FIRST), { sequenceNumber: 0 })
    const after = await watch(t, tunnel, t.timers.tunnel, (watched) => isAnswered(watched, FIRST))
    if (spoken === undefined && after.answers.length === 0)
      throw new Inconclusive('nothing came through the tunnel: there may be no PPP peer')
    const answers = [...(spoken === undefined ? [] : answersIn(spoken)), ...after.answers]
    t.decide('4.1/call-id-received', {
      ok: !isAnswered({ answers }, EARLY),
      expected: `no answer to Configure-Request ${EARLY}, which came before the call`,
      seen: describeAnswers(answers),
      entry: answers[0]?.entry,
    })
    t.decide('4.1/first-sequence-number-taken', {
      ok: isAnswered({ answers }, FIRST),
      expected: `an answer to Configure-Request ${FIRST}, the first packet of the call`,
      seen: describeAnswers(answers),
      entry: answers[0]?.entry,
    })
  },
)
