import { bitsRemoved } from '../../harness/ppp/bit-stuffing.ts'
import { extentOf } from '../../harness/ppp/extent.ts'
import { checkSequence } from '../../harness/ppp/fcs.ts'
import { decodeFrame } from '../../harness/ppp/frame.ts'
import { GRE_PROTOCOL_PPP } from '../../harness/protocol/gre.ts'
import { hexNumber, sameOctets } from '../../harness/protocol/octets.ts'
import { monitor } from '../catalogue.ts'

/** Octets of the checksum (FCS) of a PPP frame. */
const CHECK_SIZE = 2

/**
 * Whether a payload is a PPP packet whose own length fits only after inserted bits are removed.
 */
function hasBitsInserted(payload: Uint8Array): boolean {
  const removed = bitsRemoved(payload)
  return removed !== undefined && !sameOctets(removed, payload) && extentOf(removed) !== undefined
}

const NO_BITS = 'a PPP packet without inserted bits'

export default monitor(
  {
    id: 'tunnel-ppp',
    purpose: 'A GRE packet holds one PPP packet, without the checksum or the inserted bits of a line.',
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
        // Most packets that do not tell their length are encrypted.
        if (hasBitsInserted(payload))
          observe('4/no-bit-insertion', {
            ok: false,
            expected: NO_BITS,
            seen: 'a PPP packet only after a 0 is removed after every five bits that are 1',
            entry,
          })
        return
      }
      observe('4/no-bit-insertion', {
        ok: true,
        expected: NO_BITS,
        seen: NO_BITS,
        entry,
      })
      const behind = payload.subarray(extent.end)
      const check =
        behind.length === CHECK_SIZE && sameOctets(behind, checkSequence(payload.subarray(0, extent.end)))
      observe('4/no-crc', {
        ok: !check,
        expected: 'no checksum after the PPP packet',
        seen: check
          ? 'the two octets of its checksum after the PPP packet'
          : 'no checksum after the PPP packet',
        entry,
      })
      const second = extentOf(behind)
      observe('4/one-packet', {
        ok: second === undefined,
        expected: 'one PPP packet, with at most padding after it',
        seen:
          second === undefined
            ? 'one PPP packet'
            : `another PPP packet after the first, of PPP protocol ${hexNumber(second.protocol, 4)}`,
        entry,
      })
    },
    strangePacketSent({ packet, entry, tunnel }) {
      // Other GRE may pass between the same hosts: it is judged only while a call is live.
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
