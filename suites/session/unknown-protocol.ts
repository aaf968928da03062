import {
  arrivalOf,
  decodePacket,
  type Evidence,
  equalTo,
  evidence,
  is,
  PacketCode,
  PppProtocolNumber,
  present,
  sameOctets,
  scenario,
  toHex,
} from '../kit.ts'
import { allAnswered, isPacket, PATIENT, pingsOf, placeSession, type SeenFrame } from '../steps/sessions.ts'

/** Arbitrary octets that are not the beginning of an LCP packet. */
const INFORMATION = Uint8Array.of(0xc0, 0xff, 0xee, 1, 2, 3, 4, 5)

export default scenario(
  {
    id: 'session/unknown-protocol',
    purpose: 'A packet of an unknown PPP protocol is rejected with a copy of it, and the session goes on.',
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
    // Two unassigned protocol numbers: one in the range of network-layer protocols, one in that of
    // their control protocols (NCPs).
    vary: { protocol: { data: 0x00a9, control: 0x8c5b } },
  },
  async (t) => {
    const { protocol } = t.vary
    const { wire, session } = await placeSession(t, { encryption: 'none' })
    await session.open()
    const rejected = wire.next(isPacket(PppProtocolNumber.lcp, PacketCode.protocolReject), t.timers.tunnel)
    wire.send(protocol, INFORMATION)
    const reject = await rejected
    const came = arrivalOf(reject, 'LCP Protocol-Reject', 'no LCP Protocol-Reject')
    t.check(
      'rfc1661-5.7/unknown-reported',
      came,
      present(`LCP Protocol-Reject of PPP protocol ${hex(protocol)}`),
    )
    if (reject !== undefined) {
      const named = equalTo(protocol, `Rejected-Protocol ${hex(protocol)}`)
      t.check('rfc1661-5.7/rejected-protocol', rejectedProtocol(reject), named)
      t.check('rfc1661-5.7/rejected-information', rejectedInformation(reject), COPY)
    }
    const ping = pingsOf(await session.ping(PATIENT))
    t.check(
      '4/carries-ppp',
      ping,
      allAnswered(`a ping answered after the packet of PPP protocol ${hex(protocol)}`),
    )
  },
)

function dataOf(reject: SeenFrame): Uint8Array {
  return decodePacket(reject.information)?.data ?? new Uint8Array(0)
}

/** The protocol that a Protocol-Reject names, in its first two octets. */
function rejectedProtocol(reject: SeenFrame): Evidence<number | undefined> {
  const [high, low] = dataOf(reject)
  if (high === undefined || low === undefined)
    return evidence(undefined, 'no Rejected-Protocol', reject.entry)
  const named = (high << 8) | low
  return evidence(named, `Rejected-Protocol ${hex(named)}`, reject.entry)
}

/** Returns the copy of the rejected packet that a Protocol-Reject holds. */
function rejectedInformation(reject: SeenFrame): Evidence<Uint8Array> {
  const copy = dataOf(reject).subarray(2)
  return evidence(copy, `${copy.length} octets: ${toHex(copy.subarray(0, SHOWN))}`, reject.entry)
}

/** Octets of a copy that are shown at most. */
const SHOWN = 16

const COPY = is<Uint8Array>(
  `a copy of the ${INFORMATION.length} octets that were sent: ${toHex(INFORMATION)}`,
  (copy) => sameOctets(copy, INFORMATION),
)

function hex(protocol: number): string {
  return `0x${protocol.toString(16).padStart(4, '0')}`
}
