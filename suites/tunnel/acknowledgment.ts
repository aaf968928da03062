import { PacketCode, scenario } from '../kit.ts'
import { firstData, lcpFrame } from '../steps/lcp.ts'

/**
 * Interpretation A-55: data without reverse traffic is to be acknowledged well within any plausible
 * time-out of its sender.
 */
const WINDOW = 1000
/** After the first, acknowledgments have somewhere to go back to. */
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
    const control = await t.establish()
    const { tunnel } = await t.placeCall(control)
    await firstData(t, tunnel)
    const magic = new Uint8Array(4)
    let highest: number | undefined
    for (let round = 0; round < ROUNDS; round++) {
      let last = 0
      for (let count = 0; count < 3; count++)
        last = tunnel.send(lcpFrame(PacketCode.discardRequest, count, magic)).sequenceNumber ?? 0
      const deadline = t.clock.now() + WINDOW
      let entry: number | undefined
      while (highest !== last) {
        const received = await tunnel.next(Math.max(0, deadline - t.clock.now()))
        if (received === undefined) break
        const { acknowledgmentNumber } = received.packet
        if (acknowledgmentNumber === undefined) continue
        t.decide('4.1/acknowledges-received', {
          ok: acknowledgmentNumber <= last && acknowledgmentNumber >= (highest ?? 0),
          expected: `an Acknowledgment Number from ${highest ?? 0}, the last that came, to ${last}, the last that we sent`,
          seen: `Acknowledgment Number ${acknowledgmentNumber}`,
          entry: received.entry,
        })
        highest = Math.max(highest ?? 0, acknowledgmentNumber)
        entry = received.entry
      }
      t.decide('4.2/acknowledges', {
        ok: highest === last,
        expected: `Acknowledgment Number ${last} within ${WINDOW} ms`,
        seen: highest === undefined ? 'no acknowledgment' : `Acknowledgment Number ${highest}`,
        entry,
      })
    }
  },
)
