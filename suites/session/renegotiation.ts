import { ChapCode, describeOutcome, PacketCode, PppProtocolNumber, scenario, toHex } from '../kit.ts'
import { isPacket, PATIENT, placeSession, reachNetwork } from '../steps/sessions.ts'

const { chap, lcp } = PppProtocolNumber

export default scenario(
  {
    id: 'session/renegotiation',
    purpose:
      'A live session can be negotiated again from LCP on, with a new Challenge, and goes on after that.',
    decides: ['rfc1661-3.4/back-to-establishment', 'rfc1994-4.1/value-changed'],
    provenBy: {
      recipient: ['lcp-no-renegotiation', 'ppp-same-challenge'],
      originator: ['lcp-no-renegotiation'],
    },
    iut: 'both',
    needs: ['outgoing-calls', 'ppp', 'ms-chap-v2'],
    profile: 'open',
  },
  async (t) => {
    const { wire, session } = await placeSession(t, { proves: ['ms-chap-v2'], encryption: 'none' })
    await reachNetwork(session)
    const asked = wire.next(isPacket(lcp, PacketCode.configureRequest), t.timers.tunnel)
    wire.send(lcp, {
      code: PacketCode.configureRequest,
      identifier: t.unique() & 0xff,
      data: new Uint8Array(0),
    })
    const again = await asked
    const outcome = again && (await session.opened())
    const ping = outcome?.kind === 'opened' ? await session.ping(PATIENT) : undefined
    t.decide('rfc1661-3.4/back-to-establishment', {
      ok: ping?.answered === 1,
      expected: 'a Configure-Request of its own, all that follows from it, and a ping answered in the end',
      seen:
        outcome === undefined
          ? 'no Configure-Request'
          : ping === undefined
            ? describeOutcome(outcome)
            : `${ping.answered} of 1 pings answered`,
      entry: ping?.entry ?? outcome?.entry ?? again?.entry,
    })
    const values = wire
      .packets(chap)
      .filter(({ packet }) => packet.code === ChapCode.challenge)
      .map(({ packet, entry }) => ({ value: toHex(challengeValue(packet.data)), entry }))
    const first = values[0]
    const later = values.find(({ entry }) => again !== undefined && entry > again.entry)
    if (first === undefined || later === undefined) return
    t.decide('rfc1994-4.1/value-changed', {
      ok: later.value !== first.value,
      expected: 'a Challenge with another Value than the first',
      seen: later.value === first.value ? 'the same Value' : 'another',
      entry: later.entry,
    })
  },
)

/** Value of a Challenge: behind its size. */
function challengeValue(data: Uint8Array): Uint8Array {
  return data.subarray(1, 1 + (data[0] ?? 0))
}
