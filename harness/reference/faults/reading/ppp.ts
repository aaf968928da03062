import { CcpCode } from '../../../ppp/ccp.ts'
import { decodeFrame, encodeFrame, type PppFrame, PppProtocolNumber } from '../../../ppp/frame.ts'
import { decodeMppePacket, encodeMppePacket, type MppePacket } from '../../../ppp/mppe.ts'
import { decodePacket, PacketCode } from '../../../ppp/packet.ts'
import type { Fault, Instead } from '../fault.ts'

/**
 * Drops frames that come.
 * @param when whether this one is dropped.
 */
const deafTo = (when: (frame: PppFrame, code: number | undefined) => boolean): Instead => ({
  heard(usual) {
    const frame = usual && decodeFrame(usual)
    return frame !== undefined && when(frame, decodePacket(frame.information)?.code) ? undefined : usual
  },
})

const isIpv4 = ({ protocol }: PppFrame) => protocol === PppProtocolNumber.ipv4

/** Reads the encrypted packet in a frame; undefined where there is none. */
function encryptedIn(octets: Uint8Array): MppePacket | undefined {
  const frame = decodeFrame(octets)
  return frame?.protocol === PppProtocolNumber.compressed ? decodeMppePacket(frame.information) : undefined
}

/** Faults in reading PPP frames. */
export const PPP_READING_FAULTS = {
  'lcp-no-renegotiation': {
    title: 'Ignores Configure-Request on a link whose network is up',
    section: 'RFC 1661 3.4',
    breaks: ['rfc1661-3.4/back-to-establishment'],
    instead() {
      const up = new Set<number>()
      return {
        afterStep(usual, { protocol }, link) {
          const isOpen = usual.some(({ kind }) => kind === 'opened')
          if (protocol === PppProtocolNumber.ipcp && isOpen) up.add(link)
          return usual
        },
        heard(usual, octets, link) {
          if (!up.has(link)) return usual
          const frame = decodeFrame(octets)
          const isRequest =
            frame?.protocol === PppProtocolNumber.lcp &&
            decodePacket(frame.information)?.code === PacketCode.configureRequest
          return isRequest ? undefined : usual
        },
      }
    },
  },
  'mppe-ignores-reset': {
    title: 'Ignores Reset-Request',
    section: 'RFC 3078 8.2',
    breaks: ['rfc3078-8.2/reset-heeded'],
    instead: deafTo(
      ({ protocol }, code) => protocol === PppProtocolNumber.ccp && code === CcpCode.resetRequest,
    ),
  },
  'ppp-wants-address-and-control': {
    title: 'Drops datagrams without Address and Control, although it offered to take them',
    section: '4',
    breaks: ['4/address-and-control', 'rfc1661-6.6/both-forms'],
    consequences: ['rfc1661-6.5/both-forms'],
    instead: deafTo((frame) => isIpv4(frame) && !frame.addressAndControl),
  },
  'ppp-refuses-address-and-control': {
    title: 'Drops datagrams with Address and Control',
    section: '4',
    breaks: ['4/address-and-control'],
    consequences: ['1.1/ordinary-ppp', '4/carries-ppp', 'rfc1661-6.5/both-forms', 'rfc1661-6.6/both-forms'],
    instead: deafTo((frame) => isIpv4(frame) && frame.addressAndControl),
  },
  'ppp-wants-whole-protocol': {
    title: 'Drops datagrams with a protocol number of one octet, although it offered to take them',
    section: 'RFC 1661 6.5',
    breaks: ['rfc1661-6.5/both-forms'],
    consequences: ['4/address-and-control', 'rfc1661-6.6/both-forms'],
    instead: deafTo((frame) => isIpv4(frame) && frame.protocolSize === 1),
  },
  'mppe-lost-for-ever': {
    title: 'Decrypts nothing after an encrypted packet was lost',
    section: 'RFC 3078 8',
    breaks: ['rfc3078-8.1/catches-up'],
    consequences: ['1.1/ordinary-ppp', '4/carries-ppp', 'rfc3078-8.2/reset-requested'],
    instead() {
      const last = new Map<number, number>()
      const lost = new Set<number>()
      return {
        heard(usual, octets, link) {
          const packet = encryptedIn(octets)
          if (packet === undefined) return usual
          if (packet.count !== (((last.get(link) ?? -1) + 1) & 0x0fff)) lost.add(link)
          last.set(link, packet.count)
          return lost.has(link) ? undefined : usual
        },
      }
    },
  },
  'mppe-ignores-flushed': {
    title: 'Ignores bit A of encrypted packets',
    section: 'RFC 3078 8.2',
    breaks: ['rfc3078-8.2/flushed-read'],
    consequences: ['rfc3078-3/datagrams-encrypted', 'rfc3079-2/keys'],
    instead: {
      heard(usual, octets) {
        const packet = encryptedIn(octets)
        return packet?.flushed === true
          ? encodeFrame(PppProtocolNumber.compressed, encodeMppePacket({ ...packet, flushed: false }))
          : usual
      },
    },
  },
} satisfies Record<string, Fault>
