import { fieldsOf, type MessageName } from '../../harness/protocol/messages.ts'
import { monitor, type RequirementId } from '../catalogue.ts'

/** Text fields, and the requirement to fill each one up with zeros. */
const FIELDS = {
  'Start-Control-Connection-Request': {
    hostName: '2.1/host-name-filled',
    vendorName: '2.1/vendor-name-filled',
  },
  'Start-Control-Connection-Reply': {
    hostName: '2.2/host-name-filled',
    vendorName: '2.2/vendor-name-filled',
  },
  'Outgoing-Call-Request': { phoneNumber: '2.7/phone-number-filled', subaddress: '2.7/subaddress-filled' },
  'Incoming-Call-Request': {
    dialedNumber: '2.9/numbers-filled',
    dialingNumber: '2.9/numbers-filled',
    subaddress: '2.9/numbers-filled',
  },
  'Call-Disconnect-Notify': { callStatistics: '2.13/call-statistics-filled' },
} as const satisfies Partial<Record<MessageName, Readonly<Record<string, string>>>>

/** Fields that must be ASCII text: telephone numbers and call statistics. */
const ASCII: Readonly<Record<string, AsciiField>> = {
  'Outgoing-Call-Request.phoneNumber': '2.7/phone-number-ascii',
  'Incoming-Call-Request.dialedNumber': '2.9/dialed-number-ascii',
  'Incoming-Call-Request.dialingNumber': '2.9/dialing-number-ascii',
  'Call-Disconnect-Notify.callStatistics': '2.13/statistics-ascii',
}
type AsciiField = Extract<RequirementId, `${string}-ascii`>

type Tables = typeof FIELDS
type Decided = { [N in keyof Tables]: Tables[N][keyof Tables[N]] }[keyof Tables]

export default monitor(
  {
    id: 'text-fields',
    purpose:
      'Octets after a string, up to the end of its field, are zeros: no data of another use is sent there.',
    decides: [
      '2.1/host-name-filled',
      '2.1/vendor-name-filled',
      '2.2/host-name-filled',
      '2.2/vendor-name-filled',
      '2.7/phone-number-filled',
      '2.7/subaddress-filled',
      '2.9/numbers-filled',
      '2.13/call-statistics-filled',
      '2.7/phone-number-ascii',
      '2.9/dialed-number-ascii',
      '2.9/dialing-number-ascii',
      '2.13/statistics-ascii',
    ],
    provenBy: [
      'start-reply-garbage-after-hostname',
      'start-reply-garbage-after-vendor',
      'start-request-garbage-after-hostname',
      'clear-garbage-after-statistics',
      'clear-statistics-latin-1',
      'restart-garbage-after-vendor',
      'call-request-garbage-after-subaddress',
      'call-request-number-with-parity',
    ],
  },
  ({ observe }) => ({
    sent({ message, octets, entry }) {
      if (message.name === 'unrecognized' || !(message.name in FIELDS)) return
      const table: Readonly<Record<string, Decided>> = FIELDS[message.name as keyof Tables]
      let at = 0
      for (const field of fieldsOf(message.name)) {
        const requirement = table[field.name]
        if (requirement !== undefined) {
          const text = octets.subarray(at, at + field.size)
          const end = text.indexOf(0)
          const leftOver = end === -1 ? 0 : text.subarray(end).findLastIndex((octet) => octet !== 0) + 1
          observe(requirement, {
            ok: leftOver === 0,
            expected: `${message.name} with only zeros after the text of ${field.label}`,
            seen:
              leftOver === 0
                ? `only zeros after the text of ${field.label}`
                : `${leftOver} octets from the first zero to the last octet that is not zero in ${field.label}`,
            entry: entry.index,
          })
          const ascii = ASCII[`${message.name}.${field.name}`]
          if (ascii !== undefined) {
            const used = end === -1 ? text : text.subarray(0, end)
            const ok = used.every((octet) => octet < 0x80)
            observe(ascii, {
              ok,
              expected: `${field.label} in ASCII: no octets of 0x80 and above`,
              seen: `${ok ? 'no ' : ''}octets of 0x80 and above`,
              entry: entry.index,
            })
          }
        }
        at += field.size
      }
    },
  }),
)
