import { equalTo, is, PacketCode, scenario, type Tester, type TunnelEnd } from '../kit.ts'
import { speakingCall } from '../steps/established-call.ts'
import { lcpFrame } from '../steps/lcp.ts'
import { acknowledgmentIn } from '../steps/tunnel-watch.ts'

/**
 * ms within which data must be acknowledged, also when no data goes back (interpretation A-55):
 * less than any plausible time-out of its sender.
 */
const WINDOW = 1000
/** Rounds of three packets: from the second on, Acknowledgment Numbers can go back. */
const ROUNDS = 3

export default scenario(
  {
    id: 'tunnel/acknowledgment',
    purpose: 'Data that draws no answer is acknowledged all the same, up to its last packet and no further.',
    decides: ['4.2/acknowledges', '4.1/acknowledges-received'],
    provenBy: ['gre-never-acknowledges', 'gre-acknowledges-unsent', 'gre-acknowledgment-decreases'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp'],
  },
  async (t) => {
    const { tunnel } = await speakingCall(t)
    let highest: number | undefined
    for (let round = 0; round < ROUNDS; round++) {
      const last = sendThree(tunnel)
      const numbers = await acknowledgments(t, tunnel, last, highest)
      for (const one of numbers) {
        t.check('4.1/acknowledges-received', acknowledgmentIn(one), between(highest ?? 0, last))
        highest = Math.max(highest ?? 0, one.acknowledged)
      }
      const entry = numbers.at(-1)?.acknowledgedBy
      const all = acknowledgmentIn({ acknowledged: highest, acknowledgedBy: entry })
      t.check(
        '4.2/acknowledges',
        all,
        equalTo(last, `Acknowledgment Number ${last}, that of our last packet, within ${WINDOW} ms`),
      )
    }
  },
)

/** Sends three packets that draw no answer. @returns the Sequence Number of the last. */
function sendThree(tunnel: TunnelEnd): number {
  const magic = new Uint8Array(4)
  let last = 0
  for (let count = 0; count < 3; count++)
    last = tunnel.send(lcpFrame(PacketCode.discardRequest, count, magic)).sequenceNumber ?? 0
  return last
}

interface Acknowledgment {
  readonly acknowledged: number
  readonly acknowledgedBy: number
}

/**
 * Collects Acknowledgment Numbers until `last` has come, for `WINDOW` ms at most. `before` is the
 * highest that came earlier.
 */
async function acknowledgments(
  t: Pick<Tester<string>, 'clock'>,
  tunnel: TunnelEnd,
  last: number,
  before: number | undefined,
): Promise<readonly Acknowledgment[]> {
  const deadline = t.clock.now() + WINDOW
  const numbers: Acknowledgment[] = []
  let highest = before
  while (highest !== last) {
    const received = await tunnel.next(Math.max(0, deadline - t.clock.now()))
    if (received === undefined) break
    const { acknowledgmentNumber } = received.packet
    if (acknowledgmentNumber === undefined) continue
    numbers.push({ acknowledged: acknowledgmentNumber, acknowledgedBy: received.entry })
    highest = Math.max(highest ?? 0, acknowledgmentNumber)
  }
  return numbers
}

function between(highest: number, last: number) {
  return is<number | undefined>(
    `an Acknowledgment Number from ${highest}, no lower than before, to ${last}, the last that we sent`,
    (number) => number !== undefined && number <= last && number >= highest,
  )
}
