import { PacketCode, scenario, TUNNEL_MTU } from '../kit.ts'
import { answersConfigure, lcpFrame } from '../steps/lcp.ts'
import { answeringPeer } from '../steps/tunnel-watch.ts'

/** PPP packets of that size in a row. */
const COUNT = 3
/** What is sent behind them may still get lost. */
const TRIES = 3
/** Octets of Address, Control and Protocol, and of the LCP header. */
const HEADERS = 8

export default scenario(
  {
    id: 'tunnel/oversize',
    purpose:
      'PPP packets that are larger than anybody has to take upset neither the tunnel nor the control connection.',
    decides: ['4/carries-ppp'],
    provenBy: ['gre-oversize-ends-session'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp'],
    readings: ['A-52'],
    vary: { size: { '1533': TUNNEL_MTU + 1, '4096': 4096, '9000': 9000, '65000': 65_000 } },
  },
  async (t) => {
    const { size } = t.vary
    const control = await t.establish()
    const { tunnel } = await t.placeCall(control)
    await answeringPeer(t, tunnel)
    // Whoever takes one has nothing to answer.
    for (let identifier = 0; identifier < COUNT; identifier++)
      tunnel.send(lcpFrame(PacketCode.discardRequest, identifier, new Uint8Array(size - HEADERS)))
    let answers = false
    for (let tries = 0; tries < TRIES && !answers; tries++) answers = await answersConfigure(t, tunnel)
    const alive = await control.isAlive()
    t.decide('4/carries-ppp', {
      ok: answers && alive,
      expected: `PPP and control connection answer after ${COUNT} PPP packets of ${size} octets`,
      seen: `PPP ${answers ? 'answers' : 'is silent'}, the control connection ${alive ? 'answers' : 'is silent'}`,
    })
  },
)
