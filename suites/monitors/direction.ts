import type { CallView } from '../../harness/scenario/conversation.ts'
import { monitor } from '../catalogue.ts'

/** Messages that belong to one role of a call, and that role. */
const ROLES = {
  'Call-Clear-Request': { role: 'pns', requirement: '2.12/sent-by-pns' },
  'Call-Disconnect-Notify': { role: 'pac', requirement: '2.13/sent-by-pac' },
  'WAN-Error-Notify': { role: 'pac', requirement: '2.14/sent-by-pac' },
  'Set-Link-Info': { role: 'pns', requirement: '2.15/sent-by-pns' },
} as const

export default monitor(
  {
    id: 'direction',
    purpose:
      "A PNS sends what is a PNS's to send, a PAC what is a PAC's; who is which shows in who asked for the call.",
    decides: ['2.12/sent-by-pns', '2.13/sent-by-pac', '2.14/sent-by-pac', '2.15/sent-by-pns'],
    provenBy: ['clears-with-notify'],
    readings: ['A-01'],
  },
  ({ subject, observe }) => ({
    sent({ message, entry, connection, call }) {
      if (!(message.name in ROLES) || !connection.wholesome) return
      const { role, requirement } = ROLES[message.name as keyof typeof ROLES]
      // Without any call there are no roles; a Call ID that names one of its own calls settles it.
      const { calls } = connection
      if (call === undefined && calls.length === 0) return
      const suits = (one: CallView) => one[role] === subject
      const name = role.toUpperCase()
      observe(requirement, {
        ok: call !== undefined || calls.some(suits),
        expected: `${message.name} from the ${name} of a call`,
        seen: `${message.name} from a side that is ${call !== undefined || calls.some(suits) ? 'the' : 'no'} ${name}`,
        entry: entry.index,
      })
    },
  }),
)
