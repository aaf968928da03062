import { decodeControl, validateControl } from '../../../protocol/control.ts'
import { HEADER_SIZE, PptpMessageType, sizeOf } from '../../../protocol/messages.ts'
import { writeUint16 } from '../../../protocol/octets.ts'
import type { Fault } from '../fault.ts'

/** Cuts or fills a message to what its Control Message Type calls for, and corrects its Length. */
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

/** Messages that are taken for others. */
export const MESSAGE_READING_FAULTS = {
  'accepts-wrong-size': {
    title: "Acts on a message whose Length is not its type's",
    section: '2',
    breaks: [],
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
    title: 'Takes PPTP Message Type 2 for 1',
    section: '1.4',
    breaks: [],
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
    title: 'Closes the connection over a reserved field that is not 0',
    section: '2',
    breaks: [],
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
    breaks: [],
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
