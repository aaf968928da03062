import { fieldsOf } from '../../harness/protocol/messages.ts'
import { monitor } from '../catalogue.ts'

/**
 * The messages that connect a call, and the field that holds the sender's Packet Processing Delay
 * (interpretation A-47).
 */
const CARRIERS = {
  'Outgoing-Call-Request': 'packetProcessingDelay',
  'Outgoing-Call-Reply': 'packetProcessingDelay',
  'Incoming-Call-Reply': 'packetTransmitDelay',
  'Incoming-Call-Connected': 'packetTransmitDelay',
} as const

/** Number of octets from the beginning of a message to the end of its delay field. */
function reach(name: keyof typeof CARRIERS): number {
  const fields = fieldsOf(name)
  const at = fields.findIndex((field) => field.name === CARRIERS[name])
  return fields.slice(0, at + 1).reduce((sum, { size }) => sum + size, 0)
}

export default monitor(
  {
    id: 'processing-delay',
    purpose: 'Each end that connects a call sends its Packet Processing Delay.',
    decides: ['4.4/delay-exchanged'],
    provenBy: ['call-reply-without-delay'],
    readings: ['A-47'],
  },
  ({ observe }) => ({
    sent({ message, octets, entry }) {
      const name = message.name === 'unrecognized' ? message.claims : message.name
      if (name === undefined || !(name in CARRIERS)) return
      const size = reach(name as keyof typeof CARRIERS)
      // Any value will do: a delay of 0 may be meant.
      observe('4.4/delay-exchanged', {
        ok: octets.length >= size,
        expected: `${name} of at least ${size} octets, up to the end of its Packet Processing Delay`,
        seen: `${name} of ${octets.length} octets`,
        entry: entry.index,
      })
    },
  }),
)
