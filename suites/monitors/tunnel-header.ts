import { GRE_PROTOCOL_PPP } from '../../harness/protocol/gre.ts'
import { hexNumber } from '../../harness/protocol/octets.ts'
import { monitor } from '../catalogue.ts'

export default monitor(
  {
    id: 'tunnel-header',
    purpose: 'Every field of every enhanced GRE header has the value that section 4.1 gives it.',
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
    ],
    provenBy: [
      'gre-checksum-set',
      'gre-routing-set',
      'gre-key-missing',
      'gre-empty-with-sequence',
      'gre-data-without-sequence',
      'gre-strict-source-route-set',
      'gre-recur-set',
      'gre-flags-set',
      'gre-version-zero',
      'gre-wrong-protocol',
      'gre-payload-length-includes-header',
      'gre-trailing-octets',
    ],
  },
  ({ observe }) => {
    type Requirement = Parameters<typeof observe>[0]
    function field(
      requirement: Requirement,
      label: string,
      value: number,
      legal: number,
      entry: number,
    ): void {
      observe(requirement, {
        ok: value === legal,
        expected: `${label} ${legal}`,
        seen: `${label} ${value}`,
        entry,
      })
    }
    function layout(entry: number, c: number, r: number, k: number, version: number): void {
      field('4.1/c-zero', 'bit C', c, 0, entry)
      field('4.1/r-zero', 'bit R', r, 0, entry)
      field('4.1/k-one', 'bit K', k, 1, entry)
      field('4.1/version-one', 'Ver', version, 1, entry)
    }
    return {
      packetSent({ packet, entry, cut }) {
        const at = entry.index
        layout(at, 0, 0, 1, 1)
        field('4.1/source-route-zero', 'bit s', packet.strictSourceRoute, 0, at)
        field('4.1/recursion-zero', 'Recur', packet.recursionControl, 0, at)
        field('4.1/flags-zero', 'Flags', packet.flags, 0, at)
        observe('4.1/protocol-type', {
          ok: packet.protocolType === GRE_PROTOCOL_PPP,
          expected: 'Protocol Type 0x880B',
          seen: `Protocol Type ${hexNumber(packet.protocolType, 4)}`,
          entry: at,
        })
        const octets = packet.payload.length + packet.trailing.length + cut
        observe('4.1/payload-length', {
          ok: packet.payloadLength === octets,
          expected: `Payload Length ${octets}, the number of octets after the header`,
          seen: `Payload Length ${packet.payloadLength}`,
          entry: at,
        })
        const carries = octets > 0
        observe('4.1/s-with-payload', {
          ok: (packet.sequencePresent === 1) === carries,
          expected: carries ? 'bit S 1 with a payload' : 'bit S 0 without a payload',
          seen: `bit S ${packet.sequencePresent}, ${octets} octets of payload`,
          entry: at,
        })
      },
      strangePacketSent({ packet: { octets }, entry, tunnel }) {
        // Other GRE may pass between the same hosts: it is judged only while a call is live.
        if (!tunnel.isLive() || octets.length < 4) return
        const first = ((octets[0] ?? 0) << 8) | (octets[1] ?? 0)
        layout(entry.index, first >> 15, (first >> 14) & 1, (first >> 13) & 1, first & 7)
      },
    }
  },
)
