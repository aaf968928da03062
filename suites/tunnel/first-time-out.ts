import { advised, atLeast, evidence, Inconclusive, scenario } from '../kit.ts'
import { speakingCall } from '../steps/established-call.ts'
import { flight, PAUSE, request, WITHOUT_ACKNOWLEDGMENT } from '../steps/tunnel-watch.ts'

/** Configure-Requests that are sent at once: the answers do not fit our window of 1. */
const REQUESTS = 6
/** Share of the announced delay that has to pass at least: not all of it, since clocks differ. */
const SHARE = 0.9
/** ms: a longer time-out may be cut short by the maximum that an IUT allows (section 4.4.2). */
const ENOUGH = 900
/** Calls that are measured at most. */
const CALLS = 4

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
    const delay = t.vary.delay * 100
    const least = Math.min(ENOUGH, SHARE * delay)
    let { elapsed, atMost, shownBy } = await measured(t, t.vary.delay)
    // The first packet may have been on its way for long before we sent our requests: then another
    // call is measured.
    for (let calls = 1; calls < CALLS && elapsed < least && atMost >= least; calls++)
      ({ elapsed, atMost, shownBy } = await measured(t, t.vary.delay))
    const seen = `${shownBy.kind === 'silence' ? 'no packet for' : 'a packet after'} ${Math.round(elapsed)} ms, counted from our requests`
    const expected = `no packet for ${least} ms, counted from our requests, with a Packet Processing Delay of ${delay} ms announced and nothing acknowledged`
    // How the time-out works is up to the vendor.
    t.check(
      ['4.4/delay-seeds', '4.4/delay-units'],
      evidence(elapsed, seen, shownBy.entry),
      advised(atLeast(least, expected)),
    )
  },
)

/** How long the first time-out of a call took. */
interface Measured {
  /** ms from our requests to the packet that the time-out released, or to the end of our wait. */
  readonly elapsed: number
  /** The same from our call: before it, no packet can have left. */
  readonly atMost: number
  /** That packet, or if none came the first one. */
  readonly shownBy: { readonly kind: 'packet' | 'silence'; readonly entry: number }
}

/**
 * Places a call, sends requests when the PPP peer has spoken, acknowledges nothing, and measures
 * the time until the peer's next packet, which a time-out releases. Ends the connection.
 * @throws Inconclusive when other packets come with that one.
 */
async function measured(
  t: Parameters<typeof speakingCall>[0],
  packetProcessingDelay: number,
): Promise<Measured> {
  const called = t.clock.now()
  const { control, tunnel, first } = await speakingCall(t, { packetRecvWindowSize: 1, packetProcessingDelay })
  const since = t.clock.now()
  for (let count = 0; count < REQUESTS; count++) tunnel.send(request(80 + count), WITHOUT_ACKNOWLEDGMENT)
  const next = await tunnel.nextData(t.timers.tunnel)
  const now = t.clock.now()
  const together = next === undefined ? 0 : 1 + (await flight(tunnel, PAUSE)).length
  if (together > 1)
    throw new Inconclusive(
      `${together} packets came together although our window is 1: the implementation shows no transmit window`,
    )
  await control.dispose()
  return {
    elapsed: now - since,
    atMost: now - called,
    shownBy:
      next === undefined ? { kind: 'silence', entry: first.entry } : { kind: 'packet', entry: next.entry },
  }
}
