import { printable } from '../../harness/protocol/octets.ts'
import { scenario } from '../catalogue.ts'

export default scenario(
  {
    id: 'originator-call/phone-number',
    purpose:
      'The number that its user gives goes into Phone Number, with its length, and with zeros behind it.',
    decides: ['2.7/phone-number-length-sent', '2.7/phone-number-ascii', '2.7/phone-number-filled'],
    provenBy: [
      'call-request-phone-number-length-wrong',
      'call-request-phone-number-missing',
      'call-request-garbage-after-phone-number',
    ],
    iut: 'originator',
    needs: ['phone-number'],
    vary: { number: { short: '0815', full: '1234567890'.repeat(7).slice(0, 64) } },
  },
  async (t) => {
    const { number } = t.vary
    const { control } = await t.accept({ phoneNumber: number })
    const request = await control.await('Outgoing-Call-Request', t.timers.request)
    const { phoneNumber } = request.message
    const digits = phoneNumber.split('\0', 1)[0]
    t.field('2.7/phone-number-length-sent', request, 'phoneNumberLength', number.length)
    t.decide('2.7/phone-number-ascii', {
      ok: digits === number,
      expected: `"${number}" in Phone Number`,
      seen: `"${printable(phoneNumber)}"`,
      entry: request.entry,
    })
    t.decide('2.7/phone-number-filled', {
      ok: digits === phoneNumber,
      expected: 'nothing but zeros after the number',
      seen: `"${printable(phoneNumber)}"`,
      entry: request.entry,
    })
  },
)
