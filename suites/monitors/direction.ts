import type { CallView } from '../../harness/scenario/conversation.ts'
import { monitor } from '../catalogue.ts'

/** Messages that belong to one role of a call, and that role. */
const ROLES = {
  'Outgoing-Call-Reply': { role: 'pac', requirement: '2.8/sent-by-pac' },
  'Incoming-Call-Reply': { role: 'pns', requirement: '2.10/sent-by-pns' },
  'Incoming-Call-Connected': { role: 'pac', requirement: '2.11/sent-by-pac' },
  'Call-Clear-Request': { role: 'pns', requirement: '2.12/sent-by-pns' },
  'Call-Disconnect-Notify': { role: 'pac', requirement: '2.13/sent-by-pac' },
  'WAN-Error-Notify': { role: 'pac', requirement: '2.14/sent-by-pac' },
  'Set-Link-Info': { role: 'pns', requirement: '2.15/sent-by-pns' },
} as const

export default monitor(
  {
    id: 'direction',
    purpose:
      'Messages of a PNS are sent only by a PNS, those of a PAC only by a PAC; the call request shows who is which.',
    decides: [
      '2.8/sent-by-pac',
      '2.10/sent-by-pns',
      '2.11/sent-by-pac',
      '2.12/sent-by-pns',
      '2.13/sent-by-pac',
      '2.14/sent-by-pac',
      '2.15/sent-by-pns',
    ],
    provenBy: [
      'clears-with-notify',
      'incoming-refusal-as-outgoing',
      'outgoing-refusal-as-incoming',
      'incoming-connected-returned',
      'clear-answered-in-kind',
      'wan-error-returned',
      'set-link-info-returned',
    ],
    readings: ['A-01'],
  },
  ({ subject, observe }) => ({
    sent({ message, entry, connection, call }) {
      if (!connection.wholesome) return
      // A subject that has the other role in all calls could have sent this message wrongly: it
      // has sent another one, so it passes.
      for (const [name, { role, requirement }] of Object.entries(ROLES))
        if (
          name !== message.name &&
          connection.calls.length > 0 &&
          !connection.calls.some((one) => one[role] === subject)
        )
          observe(requirement, {
            ok: true,
            expected: `${name} from the ${role.toUpperCase()} of a call`,
            seen: `no ${name} from the other side`,
            entry: entry.index,
          })
      if (!(message.name in ROLES)) return
      const { role, requirement } = ROLES[message.name as keyof typeof ROLES]
      // Without any call there are no roles. A Call ID that names one of the subject's calls shows
      // that it has the role.
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
