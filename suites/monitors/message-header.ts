import { MAGIC_COOKIE, MESSAGE_NAMES, type MessageName, sizeOf } from '../../harness/protocol/messages.ts'
import { hexNumber } from '../../harness/protocol/octets.ts'
import { monitor } from '../catalogue.ts'
import { inEachSection, inSectionOf } from './per-message.ts'

/** Which message octets of undefined type were meant to be, where their size tells: 156 octets are a start. */
function meantBy(size: number, byOriginator: boolean): MessageName | undefined {
  const names = MESSAGE_NAMES.filter((name) => sizeOf(name) === size)
  if (names.length === 1) return names[0]
  const start = byOriginator ? 'Start-Control-Connection-Request' : 'Start-Control-Connection-Reply'
  return names.includes(start) ? start : undefined
}

export default monitor(
  {
    id: 'message-header',
    purpose: 'Every control message begins with a right header and is as long as its type says.',
    decides: [
      '1.4/fixed-header',
      '1.4/length-sent',
      '1.4/magic-cookie-sent',
      '1.4/message-type-sent',
      '1.4/control-message-type-sent',
      ...inEachSection('length'),
      ...inEachSection('pptp-message-type'),
      ...inEachSection('magic-cookie'),
      ...inEachSection('control-message-type'),
    ],
    provenBy: [
      'magic-cookie-wrong-sent',
      'message-type-wrong-sent',
      'length-off-by-one-sent',
      'start-reply-wrong-length',
      'start-reply-reserved-type',
      'start-request-wrong-length',
    ],
  },
  ({ subject, observe }) => {
    /** Connections on which a Length was wrong: where the next message begins is anybody's guess from there on. */
    const adrift = new Set<number>()
    const expectedCookie = `Magic Cookie ${hexNumber(MAGIC_COOKIE, 8)}`
    return {
      sent({ message, octets, entry, connection }) {
        if (adrift.has(connection.number)) return
        const at = entry.index
        const name = message.name === 'unrecognized' ? message.claims : message.name
        const meant = name ?? meantBy(octets.length, connection.originator === subject)
        const cookie = { ok: true, expected: expectedCookie, seen: 'just that', entry: at }
        observe('1.4/magic-cookie-sent', cookie)
        observe('1.4/fixed-header', { ...cookie, expected: 'Length, PPTP Message Type and Magic Cookie' })
        if (meant !== undefined) observe(inSectionOf(meant, 'magic-cookie'), cookie)
        const type = {
          ok: message.pptpMessageType === 1,
          expected: 'PPTP Message Type 1',
          seen: `PPTP Message Type ${message.pptpMessageType}`,
          entry: at,
        }
        observe('1.4/message-type-sent', type)
        if (meant !== undefined) observe(inSectionOf(meant, 'pptp-message-type'), type)
        const code = {
          ok: name !== undefined,
          expected: 'Control Message Type 1 to 15',
          seen: `Control Message Type ${message.controlMessageType}`,
          entry: at,
        }
        observe('1.4/control-message-type-sent', code)
        if (meant !== undefined) observe(inSectionOf(meant, 'control-message-type'), code)
        if (name === undefined) return
        const ok = octets.length === sizeOf(name)
        if (!ok) adrift.add(connection.number)
        const length = {
          ok,
          expected: `Length ${sizeOf(name)} of ${name}`,
          seen: `Length ${octets.length}`,
          entry: at,
        }
        observe('1.4/length-sent', length)
        observe(inSectionOf(name, 'length'), length)
      },
      lostStep({ cause, detail, entry, connection }) {
        if (adrift.has(connection.number)) return
        adrift.add(connection.number)
        observe(cause === 'length' ? '1.4/length-sent' : '1.4/magic-cookie-sent', {
          ok: false,
          expected: cause === 'length' ? 'a Length that a message has' : expectedCookie,
          seen: detail,
          entry: entry.index,
        })
      },
    }
  },
)
