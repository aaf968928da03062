import { Inconclusive, is, scenario, type Tester, type TunnelEnd } from '../kit.ts'
import { establishedCall } from '../steps/established-call.ts'
import { type Answer, answersIn, answersOf, isAnswered, request, watch } from '../steps/tunnel-watch.ts'

/** Identifiers of two Configure-Requests: one before the call, one in its first packet. */
const EARLY = 41
const FIRST = 42
/** Calls that are placed first, to learn in which steps the IUT assigns Call IDs. */
const BEFORE = 2

export default scenario(
  {
    id: 'tunnel/before-call',
    purpose:
      'Data that comes before its call is placed is not taken as data of the call, and does the call no harm.',
    decides: ['4.1/call-id-received', '4.1/first-sequence-number-taken'],
    provenBy: ['gre-keeps-early-packets'],
    iut: 'recipient',
    needs: ['outgoing-calls', 'ppp'],
  },
  async (t) => {
    const tunnels = await t.openTunnel()
    const likely = await likelyCallIds(t)
    const control = await t.establish()
    for (const callId of likely) tunnels.end(t.unique() & 0xffff, callId).send(request(EARLY))
    // TCP may overtake GRE, which takes half of a round trip to get there.
    await t.clock.sleep(t.timers.reply / 2)
    const { tunnel } = await t.placeCall(control)
    if (!likely.includes(tunnel.peersCallId))
      throw new Inconclusive(
        `Call ID ${tunnel.peersCallId} was assigned, where one of ${likely.join(', ')} was expected`,
      )
    const answers = answersOf({ answers: await answersFromTheBeginning(t, tunnel) })
    const early = `no answer to Configure-Request ${EARLY}, which came before the call`
    t.check(
      '4.1/call-id-received',
      answers,
      is(early, (so) => !isAnswered(so, EARLY)),
    )
    const first = `an answer to Configure-Request ${FIRST}, the first packet of the call`
    t.check(
      '4.1/first-sequence-number-taken',
      answers,
      is(first, (so) => isAnswered(so, FIRST)),
    )
  },
)

type CallTester = Pick<Tester<string>, 'establish' | 'placeCall' | 'clock' | 'timers' | 'unique'>

/**
 * Preamble: places calls and stops their connections, to guess which Call ID comes next: the last
 * one again, that plus 1, or that plus the difference between the last two.
 */
async function likelyCallIds(t: CallTester): Promise<readonly number[]> {
  const assigned: number[] = []
  for (let count = 0; count < BEFORE; count++) {
    const { control, tunnel } = await establishedCall(t)
    assigned.push(tunnel.peersCallId)
    control.send('Stop-Control-Connection-Request', { reason: 1 })
    await control.dispose()
  }
  const [first = 0, last = 0] = assigned
  return [...new Set([last, last + 1, 2 * last - first].map((callId) => callId & 0xffff))]
}

/**
 * Sends the first packet of a call that has just been placed, and collects the answers to
 * Configure-Requests up to the answer to that one. @throws Inconclusive when nothing comes.
 */
async function answersFromTheBeginning(t: CallTester, tunnel: TunnelEnd): Promise<readonly Answer[]> {
  // An IUT that did not send first may be waiting for our packet.
  const spoken = await tunnel.nextData(t.timers.tunnel)
  tunnel.send(request(FIRST), { sequenceNumber: 0 })
  const after = await watch(t, tunnel, t.timers.tunnel, (so) => isAnswered(so, FIRST))
  if (spoken === undefined && after.answers.length === 0)
    throw new Inconclusive('nothing came through the tunnel: there may be no PPP peer')
  return [...(spoken === undefined ? [] : answersIn(spoken)), ...after.answers]
}
