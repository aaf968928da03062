import {
  advised,
  atLeast,
  evidence,
  Inconclusive,
  type ReceivedGre,
  scenario,
  type Tester,
  type TunnelEnd,
} from '../kit.ts'
import { speakingCall } from '../steps/established-call.ts'
import { flight, PAUSE, request, WITHOUT_ACKNOWLEDGMENT } from '../steps/tunnel-watch.ts'

const REQUESTS = 6
/** The share of the announced delay that has to pass, at least: clocks differ. */
const SHARE = 0.9

export default scenario(
  {
    id: 'tunnel/first-time-out',
    purpose:
      'Who waits for an acknowledgment waits at first for as long as its receiver said that it takes to process its data.',
    decides: ['4.4/delay-seeds', '4.4/delay-units'],
    provenBy: ['gre-ignores-peers-delay'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp'],
    // In tenths of a second.
    vary: { delay: { 'one-second': 10, 'three-seconds': 30 } },
  },
  async (t) => {
    const packetProcessingDelay = t.vary.delay
    const { tunnel, first } = await speakingCall(t, { packetRecvWindowSize: 1, packetProcessingDelay })
    const { elapsed, next } = await untilTimeOut(t, tunnel)
    const delay = packetProcessingDelay * 100
    const seen = `${next === undefined ? 'no packet for' : 'a packet after'} ${Math.round(elapsed)} ms`
    const expected = `no packet for ${delay} ms, our Packet Processing Delay, while the first is not acknowledged`
    // How the time-out works is up to the vendor.
    t.check(
      ['4.4/delay-seeds', '4.4/delay-units'],
      evidence(elapsed, seen, next?.entry ?? first.entry),
      advised(atLeast(SHARE * delay, expected)),
    )
  },
)

/**
 * Gives the peer much to answer and acknowledges nothing: how long, in ms, until its next packet,
 * which a time-out lets go. @throws Inconclusive when others come with it.
 */
async function untilTimeOut(
  t: Pick<Tester<string>, 'clock' | 'timers'>,
  tunnel: TunnelEnd,
): Promise<{ readonly elapsed: number; readonly next: ReceivedGre | undefined }> {
  const since = t.clock.now()
  for (let count = 0; count < REQUESTS; count++) tunnel.send(request(80 + count), WITHOUT_ACKNOWLEDGMENT)
  const next = await tunnel.nextData(t.timers.tunnel)
  const elapsed = t.clock.now() - since
  const together = next === undefined ? 0 : 1 + (await flight(tunnel, PAUSE)).length
  if (together > 1)
    throw new Inconclusive(
      `${together} packets came together, where our window is 1: nothing shows of a transmit window`,
    )
  return { elapsed, next }
}
