import { is, scenario } from '../kit.ts'
import { answeringCall } from '../steps/established-call.ts'
import { answersOf, isAnswered, request, type WatchedTunnel, WITHIN, watch } from '../steps/tunnel-watch.ts'

/** Identifier of the odd Configure-Request. */
const ODD = 71
/** Identifier of the first of two Configure-Requests in order, sent after the odd packet. */
const BEHIND = 72

export default scenario(
  {
    id: 'tunnel/odd-packets',
    purpose:
      'Packets whose bit S and payload disagree, or that have neither payload nor numbers, do no harm.',
    decides: ['4.1/s-without-payload'],
    provenBy: ['gre-takes-payload-without-sequence'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp'],
    vary: { packet: ['S-without-payload', 'payload-without-S', 'neither'] },
  },
  async (t) => {
    const { packet } = t.vary
    const { tunnel, next } = await answeringCall(t)
    const none = { sequencePresent: 0, acknowledgmentPresent: 0 }
    if (packet === 'S-without-payload') tunnel.send(new Uint8Array(0))
    else tunnel.send(packet === 'neither' ? new Uint8Array(0) : request(ODD), none)
    // The RFC does not say whether a packet without payload uses up its number. To an IUT to which
    // it does not, this packet has overtaken another.
    const sequenceNumber = packet === 'S-without-payload' ? next + 1 : next
    tunnel.send(request(BEHIND), { sequenceNumber })
    tunnel.send(request(BEHIND + 1))
    const so = await watch(t, tunnel, WITHIN, (watched) => isAnswered(watched, BEHIND + 1))
    t.check('4.1/s-without-payload', answersOf(so, so.answers.at(-1)), ANSWERED_BEHIND)
  },
)

const ANSWERED_BEHIND = is<Pick<WatchedTunnel, 'answers'>>(
  `an answer to Configure-Request ${BEHIND + 1} within ${WITHIN} ms, none to Configure-Request ${ODD} if it was sent (without S)`,
  (so) => isAnswered(so, BEHIND + 1) && !isAnswered(so, ODD),
)
