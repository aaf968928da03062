import { decodePacket, PacketCode, PppProtocolNumber, sameOctets, scenario } from '../kit.ts'
import { isPacket, PATIENT, placeSession } from '../steps/sessions.ts'

/** Anything; eight octets that an LCP packet, for one, does not begin with. */
const INFORMATION = Uint8Array.of(0xc0, 0xff, 0xee, 1, 2, 3, 4, 5)

export default scenario(
  {
    id: 'session/unknown-protocol',
    purpose:
      'A protocol that it does not know is rejected, with a copy of what came, and the session goes on.',
    decides: [
      'rfc1661-5.7/unknown-reported',
      'rfc1661-5.7/rejected-protocol',
      'rfc1661-5.7/rejected-information',
      '4/carries-ppp',
    ],
    provenBy: [
      'lcp-no-protocol-reject',
      'lcp-protocol-reject-other',
      'lcp-protocol-reject-empty',
      'ppp-drops-datagrams',
    ],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp', 'ms-chap-v2'],
    profile: 'open',
    // Numbers that nobody assigned: of a network-layer protocol, and of one that controls such.
    vary: { protocol: { data: 0x00a9, control: 0x8c5b } },
  },
  async (t) => {
    const { protocol } = t.vary
    const { wire, session } = await placeSession(t, { encryption: 'none' })
    await session.open()
    const rejected = wire.next(isPacket(PppProtocolNumber.lcp, PacketCode.protocolReject), t.timers.tunnel)
    wire.send(protocol, INFORMATION)
    const reject = await rejected
    t.decide('rfc1661-5.7/unknown-reported', {
      ok: reject !== undefined,
      expected: 'LCP Protocol-Reject',
      seen: reject === undefined ? 'none' : 'it',
      entry: reject?.entry,
    })
    const data = (reject && decodePacket(reject.information)?.data) ?? new Uint8Array(0)
    if (reject !== undefined) {
      const named = ((data[0] ?? 0) << 8) | (data[1] ?? 0)
      t.decide('rfc1661-5.7/rejected-protocol', {
        ok: data.length >= 2 && named === protocol,
        expected: `Rejected-Protocol 0x${protocol.toString(16).padStart(4, '0')}`,
        seen: `0x${named.toString(16).padStart(4, '0')}`,
        entry: reject.entry,
      })
      t.decide('rfc1661-5.7/rejected-information', {
        ok: sameOctets(data.subarray(2), INFORMATION),
        expected: `a copy of the ${INFORMATION.length} octets that came with it`,
        seen: `${Math.max(0, data.length - 2)} octets${data.length - 2 === INFORMATION.length ? ', others' : ''}`,
        entry: reject.entry,
      })
    }
    const { answered, entry } = await session.ping(PATIENT)
    t.decide('4/carries-ppp', {
      ok: answered === 1,
      expected: 'a ping answered afterwards',
      seen: answered === 1 ? 'it' : 'no answer',
      entry,
    })
  },
)
