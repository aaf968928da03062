import { decodeFrame, GRE_PROTOCOL_PPP, Inconclusive, scenario } from '../kit.ts'
import { lcpOf, spokenTo } from '../steps/lcp.ts'

export default scenario(
  {
    id: 'tunnel/first-packet',
    purpose: "Every field of the first data packet's enhanced GRE header is right.",
    decides: [
      '4.1/c-zero',
      '4.1/r-zero',
      '4.1/k-one',
      '4.1/s-with-payload',
      '4.1/source-route-zero',
      '4.1/recursion-zero',
      '4.1/flags-zero',
      '4.1/version-one',
      '4.1/protocol-type',
      '4.1/payload-length',
      '4.1/call-id',
      '4.1/first-sequence-number',
      '4/no-media-framing',
    ],
    provenBy: [
      'gre-first-sequence-one',
      'gre-wrong-call-id',
      'gre-payload-length-includes-header',
      'gre-version-zero',
      'gre-flags-set',
      'gre-recur-set',
      'gre-wrong-protocol',
      'gre-hdlc-framing',
      'gre-strict-source-route-set',
      'gre-checksum-set',
      'gre-routing-set',
      'gre-key-missing',
    ],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp'],
  },
  async (t) => {
    const tunnels = await t.openTunnel()
    const control = await t.establish()
    const call = await t.placeCall(control)
    // A packet with a broken header or another Call ID does not find its way to the call.
    const mine = await spokenTo(t, call.tunnel)
    const data = mine === undefined ? await tunnels.stray(0) : { decoded: mine.packet, entry: mine.entry }
    if (data === undefined) throw new Inconclusive('no packet came through the tunnel')
    const decoded = data.decoded
    const check = (
      requirement: Parameters<typeof t.decide>[0],
      ok: boolean,
      expected: string,
      seen: string,
    ) => t.decide(requirement, { ok, expected, seen, entry: data.entry })

    if (decoded.kind !== 'gre') {
      const first = ((decoded.octets[0] ?? 0) << 8) | (decoded.octets[1] ?? 0)
      check('4.1/c-zero', (first & 0x8000) === 0, 'C 0', decoded.reason)
      check('4.1/r-zero', (first & 0x4000) === 0, 'R 0', decoded.reason)
      check('4.1/k-one', (first & 0x2000) !== 0, 'K 1', decoded.reason)
      check('4.1/version-one', (first & 7) === 1, 'Ver 1', decoded.reason)
      return
    }
    const packet = decoded
    check('4.1/c-zero', true, 'C 0', 'C 0')
    check('4.1/r-zero', true, 'R 0', 'R 0')
    check('4.1/k-one', true, 'K 1', 'K 1')
    check('4.1/version-one', true, 'Ver 1', 'Ver 1')
    check(
      '4.1/s-with-payload',
      packet.sequencePresent === 1,
      'S 1 with a payload',
      `S ${packet.sequencePresent}`,
    )
    check('4.1/source-route-zero', packet.strictSourceRoute === 0, 's 0', `s ${packet.strictSourceRoute}`)
    check('4.1/recursion-zero', packet.recursionControl === 0, 'Recur 0', `Recur ${packet.recursionControl}`)
    check('4.1/flags-zero', packet.flags === 0, 'Flags 0', `Flags ${packet.flags}`)
    check(
      '4.1/protocol-type',
      packet.protocolType === GRE_PROTOCOL_PPP,
      'Protocol Type 0x880B',
      `Protocol Type 0x${packet.protocolType.toString(16)}`,
    )
    check(
      '4.1/payload-length',
      packet.payload.length === packet.payloadLength && packet.trailing.length === 0,
      'Payload Length equal to the octets behind the header',
      `Payload Length ${packet.payloadLength}, octets ${packet.payload.length + packet.trailing.length}`,
    )
    check(
      '4.1/call-id',
      packet.callId === call.tunnel.callId,
      `Call ID ${call.tunnel.callId}, which we assigned`,
      `Call ID ${packet.callId}`,
    )
    t.decide('4.1/first-sequence-number', {
      ok: packet.sequenceNumber === 0,
      expected: 'Sequence Number 0',
      seen: `Sequence Number ${packet.sequenceNumber ?? 'absent'}`,
      entry: data.entry,
      // The sentence can be read so.
      ...(packet.sequenceNumber === 1 ? { otherwise: 'warn' as const } : {}),
    })
    const frame = decodeFrame(packet.payload)
    const lcp = lcpOf({ packet, entry: data.entry })
    check(
      '4/no-media-framing',
      frame !== undefined && lcp !== undefined,
      'a PPP packet (LCP, at this stage) without flags, escapes or checksum',
      lcp === undefined ? 'octets that are no LCP packet' : `LCP code ${lcp.code}`,
    )
  },
)
