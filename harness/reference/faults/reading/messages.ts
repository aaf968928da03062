import { decodeControl, validateControl } from '../../../protocol/control.ts'
import { HEADER_SIZE, PptpMessageType, sizeOf } from '../../../protocol/messages.ts'
import { writeUint16 } from '../../../protocol/octets.ts'
import type { Fault } from '../fault.ts'

/** Cuts or fills a message to the size of its Control Message Type, and corrects its Length. */
function forceSize(octets: Uint8Array, size: number): Uint8Array {
  const forced = new Uint8Array(Math.max(size, HEADER_SIZE))
  forced.set(octets.subarray(0, forced.length))
  writeUint16(forced, 0, size)
  return forced
}

function octetsReversed(value: number): number {
  const view = new DataView(new ArrayBuffer(4))
  view.setUint32(0, value)
  return view.getUint32(0, true)
}

/** Faults in reading control messages. */
export const MESSAGE_READING_FAULTS = {
  'accepts-wrong-size': {
    title: 'Acts on a message whose Length is not that of its type',
    section: '2',
    breaks: ['2.16/bad-format'],
    consequences: ['3.2.4.2/wait-reply-no-data'],
    instead: {
      decode: (usual, octets) =>
        usual.name === 'unrecognized' &&
        usual.claims !== undefined &&
        usual.pptpMessageType === PptpMessageType.control
          ? decodeControl(forceSize(octets, sizeOf(usual.claims)))
          : usual,
    },
  },
  'executes-management-messages': {
    title: 'Acts on a message with PPTP Message Type 2 as on a control message',
    section: '1.4',
    breaks: ['1.4/management-messages-undefined', '1.4/message-types'],
    consequences: ['3.2.4.2/wait-reply-no-data'],
    instead: {
      decode(usual, octets) {
        if (usual.name !== 'unrecognized' || usual.pptpMessageType === PptpMessageType.control) return usual
        const mended = octets.slice()
        writeUint16(mended, 2, PptpMessageType.control)
        return decodeControl(mended)
      },
    },
  },
  'closes-on-reserved': {
    title: 'Closes the connection on a reserved field that is not 0',
    section: '2',
    breaks: ['2/reserved-received'],
    instead: {
      decode(usual, octets) {
        const isSpoilt = validateControl(usual).some(({ kind }) => kind === 'reserved')
        if (usual.name === 'unrecognized' || !isSpoilt) return usual
        const { length, pptpMessageType, magicCookie, controlMessageType, reserved0 } = usual
        const header = { length, pptpMessageType, magicCookie, controlMessageType, reserved0 }
        const body = octets.subarray(HEADER_SIZE)
        return { ...header, name: 'unrecognized', reason: 'a reserved field', claims: undefined, body }
      },
    },
  },
  'reads-speeds-little-endian': {
    title: 'Reads Minimum BPS and Maximum BPS with the low octet first',
    section: '2',
    breaks: ['2/network-order-received'],
    consequences: [
      '2.2/bearer-analog',
      '2.2/bearer-digital',
      '2.2/framing-asynchronous',
      '2.2/framing-synchronous',
      '2.7/any-call-id',
      '2.7/bearer-analog',
      '2.7/bearer-any',
      '2.7/bearer-digital',
      '2.7/call-serial-number-any',
      '2.7/framing-asynchronous',
      '2.7/framing-either',
      '2.7/framing-synchronous',
      '2.7/maximum-bps',
      '2.7/minimum-bps',
      '2.7/phone-number-full',
      '2.7/processing-delay-any',
      '2.7/speed-range',
      '2.8/connect-speed',
      '2.8/result-code',
      '3.2.4.1/wait-cs-ans-connected',
    ],
    instead: {
      decode: (usual) =>
        usual.name === 'Outgoing-Call-Request'
          ? {
              ...usual,
              minimumBps: octetsReversed(usual.minimumBps),
              maximumBps: octetsReversed(usual.maximumBps),
            }
          : usual,
    },
  },
} satisfies Record<string, Fault>
