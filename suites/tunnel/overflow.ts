import { Inconclusive, PacketCode, scenario } from '../kit.ts'
import { answersConfigure, lcpFrame } from '../steps/lcp.ts'
import { answeringPeer } from '../steps/tunnel-watch.ts'

/** Packets beyond the window that its receiver announced. */
const BEYOND = 16
/** A larger window than that is not filled. */
const MOST = 128
/** What is sent into a tunnel that has just overflowed may still get lost. */
const TRIES = 3

export default scenario(
  {
    id: 'tunnel/overflow',
    purpose: 'More packets at once than the window holds upset neither the call nor its connection.',
    decides: ['4.2.4/overflow-discarded'],
    provenBy: ['gre-overflow-ends-session'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp'],
  },
  async (t) => {
    const control = await t.establish()
    const { tunnel } = await t.placeCall(control, { packetRecvWindowSize: 8 })
    await answeringPeer(t, tunnel)
    const window = tunnel.peersWindow
    if (window > MOST) throw new Inconclusive(`its window of ${window} packets is too large to be filled`)
    const count = window + BEYOND
    // They draw no answers, so that only the receiver's window is in play.
    for (let identifier = 0; identifier < count; identifier++)
      tunnel.send(lcpFrame(PacketCode.discardRequest, identifier, new Uint8Array(4)))
    let answers = false
    for (let tries = 0; tries < TRIES && !answers; tries++) answers = await answersConfigure(t, tunnel)
    const alive = await control.isAlive()
    t.decide('4.2.4/overflow-discarded', {
      ok: answers && alive,
      expected: `PPP and control connection answer after ${count} packets at once`,
      seen: `PPP ${answers ? 'answers' : 'is silent'}, the control connection ${alive ? 'answers' : 'is silent'}`,
    })
  },
)
