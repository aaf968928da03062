import { bitsRemoved } from '../../harness/ppp/bit-stuffing.ts'
import { extentOf } from '../../harness/ppp/extent.ts'
import { checkSequence } from '../../harness/ppp/fcs.ts'
import { decodeFrame } from '../../harness/ppp/frame.ts'
import { GRE_PROTOCOL_PPP } from '../../harness/protocol/gre.ts'
import { hexNumber, sameOctets } from '../../harness/protocol/octets.ts'
import { monitor } from '../catalogue.ts'

const CHECK_SIZE = 2

/**
 * Whether octets are a PPP packet whose own length fits, once inserted bits are taken out, and none
 * as they are.
 */
function hasBitsInserted(payload: Uint8Array): boolean {
  const removed = bitsRemoved(payload)
  return removed !== undefined && !sameOctets(removed, payload) && extentOf(removed) !== undefined
}

export default monitor(
  {
    id: 'tunnel-ppp',
    purpose: 'A GRE packet holds one PPP packet, and nothing of the line that it might have travelled on.',
    decides: ['4/encapsulation', '4/one-packet', '4/no-crc', '4/no-bit-insertion'],
    provenBy: ['gre-wrong-protocol', 'gre-two-packets-in-one', 'gre-sends-checksum', 'gre-inserts-bits'],
  },
  ({ observe }) => ({
    packetSent({ packet, entry: { index: entry }, cut }) {
      const { payload, protocolType } = packet
      if (payload.length === 0) return
      const ppp = protocolType === GRE_PROTOCOL_PPP && decodeFrame(payload) !== undefined
      observe('4/encapsulation', {
        ok: ppp,
        expected: 'PPP in enhanced GRE in IP',
        seen: ppp
          ? 'a PPP packet in enhanced GRE'
          : `no PPP packet in GRE of Protocol Type ${hexNumber(protocolType, 4)}`,
        entry,
      })
      if (!ppp || cut > 0) return
      const extent = extentOf(payload)
      if (extent === undefined) {
        // Most of what does not say how long it is has been encrypted.
        if (hasBitsInserted(payload))
          observe('4/no-bit-insertion', {
            ok: false,
            expected: 'a PPP packet as it is',
            seen: 'a PPP packet once a 0 is taken out behind every five bits that are 1',
            entry,
          })
        return
      }
      observe('4/no-bit-insertion', {
        ok: true,
        expected: 'a PPP packet as it is',
        seen: 'a PPP packet as it is',
        entry,
      })
      const behind = payload.subarray(extent.end)
      const check =
        behind.length === CHECK_SIZE && sameOctets(behind, checkSequence(payload.subarray(0, extent.end)))
      observe('4/no-crc', {
        ok: !check,
        expected: 'no checksum behind the PPP packet',
        seen: check ? 'two octets that are the checksum of the PPP packet' : 'no checksum',
        entry,
      })
      const second = extentOf(behind)
      observe('4/one-packet', {
        ok: second === undefined,
        expected: 'one PPP packet, with at most padding behind it',
        seen:
          second === undefined
            ? 'one PPP packet'
            : `another PPP packet behind the first, of protocol ${hexNumber(second.protocol, 4)}`,
        entry,
      })
    },
    strangePacketSent({ packet, entry, tunnel }) {
      // Between the same hosts there may be other GRE: only where a call is live is it taken for
      // the call's.
      if (!tunnel.isLive()) return
      observe('4/encapsulation', {
        ok: false,
        expected: 'PPP in enhanced GRE in IP',
        seen: packet.reason,
        entry: entry.index,
      })
    },
  }),
)
