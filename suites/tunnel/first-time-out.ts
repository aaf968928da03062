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

/** Configure-Requests that are sent at once: the answers do not fit our window of 1. */
const REQUESTS = 6
/** Share of the announced delay that has to pass at least: not all of it, since clocks differ. */
const SHARE = 0.9
/** ms: a longer time-out may be cut short by the maximum that an IUT allows (section 4.4.2). */
const ENOUGH = 900

export default scenario(
  {
    id: 'tunnel/first-time-out',
    purpose:
      'The first time-out for an acknowledgment is at least as long as the Packet Processing Delay that the receiver announced.',
    decides: ['4.4/delay-seeds', '4.4/delay-units'],
    provenBy: ['gre-ignores-peers-delay'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp'],
    // Packet Processing Delay that we announce, in tenths of a second.
    vary: { delay: { 'one-second': 10, 'three-seconds': 30 } },
  },
  async (t) => {
    const packetProcessingDelay = t.vary.delay
    const { tunnel, first } = await speakingCall(t, { packetRecvWindowSize: 1, packetProcessingDelay })
    const { elapsed, next } = await untilTimeOut(t, tunnel)
    const delay = packetProcessingDelay * 100
    const seen = `${next === undefined ? 'no packet for' : 'a packet after'} ${Math.round(elapsed)} ms, counted from our requests`
    const least = Math.min(ENOUGH, SHARE * delay)
    const expected = `no packet for ${least} ms, counted from our requests, with a Packet Processing Delay of ${delay} ms announced and nothing acknowledged`
    // How the time-out works is up to the vendor.
    t.check(
      ['4.4/delay-seeds', '4.4/delay-units'],
      evidence(elapsed, seen, next?.entry ?? first.entry),
      advised(atLeast(least, expected)),
    )
  },
)

/**
 * Sends requests, acknowledges nothing, and measures the ms until the peer's next packet, which a
 * time-out releases. @throws Inconclusive when other packets come with that one.
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
      `${together} packets came together although our window is 1: the implementation shows no transmit window`,
    )
  return { elapsed, next }
}
