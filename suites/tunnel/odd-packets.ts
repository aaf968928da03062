import { is, scenario } from '../kit.ts'
import { answeringCall } from '../steps/established-call.ts'
import { answersOf, isAnswered, request, type WatchedTunnel, WITHIN, watch } from '../steps/tunnel-watch.ts'

const ODD = 71
const BEHIND = 72

export default scenario(
  {
    id: 'tunnel/odd-packets',
    purpose: 'Packets whose S bit and payload disagree, or that say nothing at all, do no harm.',
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
    // Whether a number without payload was used up is not said: to whom it was not, this packet
    // overtook one.
    const sequenceNumber = packet === 'S-without-payload' ? next + 1 : next
    tunnel.send(request(BEHIND), { sequenceNumber })
    tunnel.send(request(BEHIND + 1))
    const so = await watch(t, tunnel, WITHIN, (watched) => isAnswered(watched, BEHIND + 1))
    t.check('4.1/s-without-payload', answersOf(so, so.answers.at(-1)), ANSWERED_BEHIND)
  },
)

const ANSWERED_BEHIND = is<Pick<WatchedTunnel, 'answers'>>(
  `an answer to Configure-Request ${BEHIND + 1} within ${WITHIN} ms, none to ${ODD}, which came before`,
  (so) => isAnswered(so, BEHIND + 1) && !isAnswered(so, ODD),
)
