import { absent, arrivalOf, Inconclusive, PppProtocolNumber, scenario } from '../kit.ts'
import { onlyMode, pingBetween, placeSession, reachNetwork } from '../steps/sessions.ts'

export default scenario(
  {
    id: 'session/in-the-clear',
    purpose: 'A ping in the clear is not answered in a session that was agreed to be encrypted.',
    decides: ['rfc3078-3/clear-not-taken'],
    provenBy: ['mppe-takes-clear'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp', 'ms-chap-v2', 'mppe-128'],
    profile: 'encrypted',
  },
  async (t) => {
    const { wire, session } = await placeSession(t, { encryption: onlyMode(128, true) })
    wire.send(PppProtocolNumber.ipv4, pingBetween(await reachNetwork(session)))
    // This ping is encrypted and follows the one in the clear: an answer shows that both were read.
    if ((await session.ping()).answered !== 1) throw new Inconclusive('an encrypted ping drew no answer')
    const datagram = await session.nextDatagram(0)
    const answer = datagram?.icmp === undefined ? undefined : datagram
    const came = 'an answer to the ping in the clear, encrypted or not'
    t.check(
      'rfc3078-3/clear-not-taken',
      arrivalOf(answer, came, 'no answer to the ping in the clear'),
      absent('no answer to a ping in the clear'),
    )
  },
)
