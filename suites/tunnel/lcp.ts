import {
  atMost,
  encodeOptions,
  equalTo,
  evidence,
  is,
  type Packet,
  PacketCode,
  type ReceivedGre,
  sameOctets,
  scenario,
  type Tester,
  type TunnelEnd,
} from '../kit.ts'
import { speakingCall } from '../steps/established-call.ts'
import { lcpFrame, lcpOf, type ReceivedLcp, WAKING } from '../steps/lcp.ts'
import { acknowledgmentOf, sequenceNumberOf } from '../steps/tunnel-watch.ts'

/** Identifier of our Configure-Request. */
const IDENTIFIER = 17
const MRU_1400 = encodeOptions([{ type: 1, data: Uint8Array.of(0x05, 0x78) }])

export default scenario(
  {
    id: 'tunnel/lcp',
    purpose:
      'LCP comes up through the tunnel, with consecutive sequence numbers, and acknowledges only what was sent.',
    decides: [
      '4/carries-ppp',
      '1.1/ordinary-ppp',
      '2.8/call-id',
      '2.8/result-connected',
      '4.1/consecutive',
      '4.1/acknowledges-received',
    ],
    provenBy: [
      'lcp-no-reply',
      'lcp-wrong-identifier',
      'gre-sequence-skips',
      'gre-sequence-repeats',
      'gre-acknowledges-unsent',
    ],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp'],
  },
  async (t) => {
    const { tunnel, first } = await speakingCall(t)
    const { came, answer } = await negotiate(t, tunnel, first)
    let due = (first.packet.sequenceNumber ?? 0) + 1
    for (const { received, sent } of came) {
      const number = sequenceNumberOf(received)
      const acknowledged = acknowledgmentOf(received)
      if (number.value !== undefined) {
        t.check('4.1/consecutive', number, equalTo(due >>> 0, `Sequence Number ${due >>> 0}, the next one`))
        due = number.value + 1
      }
      if (acknowledged.value !== undefined)
        t.check(
          '4.1/acknowledges-received',
          acknowledged,
          atMost(sent, `an Acknowledgment Number of at most ${sent}, the last that we sent`),
        )
    }
    const opened = ['4/carries-ppp', '1.1/ordinary-ppp', '2.8/call-id', '2.8/result-connected'] as const
    t.check(opened, acknowledgedOptions(answer, first.entry), OURS)
  },
)

const OURS = is<Packet | undefined>(
  `Configure-Ack with Identifier ${IDENTIFIER} and our options`,
  (packet) => packet?.identifier === IDENTIFIER && sameOctets(packet.data, MRU_1400),
)

/** Describes the Configure-Ack; `entry` is the trace entry to point to if none came. */
function acknowledgedOptions(answer: ReceivedLcp | undefined, entry: number) {
  const packet = answer?.packet
  const options = packet !== undefined && sameOctets(packet.data, MRU_1400) ? 'our' : 'other'
  const seen =
    packet === undefined
      ? 'no Configure-Ack'
      : `Configure-Ack with Identifier ${packet.identifier} and ${options} options`
  return evidence(packet, seen, answer?.received.entry ?? entry)
}

/** A packet that came, and the last Sequence Number that we had sent by then. */
interface ReceivedPacket {
  readonly received: ReceivedGre
  readonly sent: number
}

/**
 * Sends a Configure-Request with an option, and acknowledges those of the peer, until a
 * Configure-Ack comes. @returns all packets that came up to then.
 */
async function negotiate(
  t: Pick<Tester<string>, 'clock' | 'timers'>,
  tunnel: TunnelEnd,
  first: ReceivedGre,
): Promise<{ readonly came: readonly ReceivedPacket[]; readonly answer: ReceivedLcp | undefined }> {
  const came: ReceivedPacket[] = []
  // Our request goes before the answer to the peer's: otherwise a peer that had to be woken would
  // have its link open already, and go on from there.
  let sent = tunnel.send(lcpFrame(PacketCode.configureRequest, IDENTIFIER, MRU_1400)).sequenceNumber ?? 0
  sent = acknowledgeRequest(tunnel, lcpOf(first)) ?? sent
  const deadline = t.clock.now() + t.timers.tunnel
  for (;;) {
    const received = await tunnel.next(Math.max(0, deadline - t.clock.now()))
    if (received === undefined) return { came, answer: undefined }
    came.push({ received, sent })
    const packet = lcpOf(received)
    if (packet?.code === PacketCode.configureAck && packet.identifier !== WAKING)
      return { came, answer: { packet, received } }
    sent = acknowledgeRequest(tunnel, packet) ?? sent
  }
}

/** Acknowledges a Configure-Request. @returns the Sequence Number of the Configure-Ack. */
function acknowledgeRequest(tunnel: TunnelEnd, packet: Packet | undefined): number | undefined {
  if (packet?.code !== PacketCode.configureRequest) return undefined
  return tunnel.send(lcpFrame(PacketCode.configureAck, packet.identifier, packet.data)).sequenceNumber
}
