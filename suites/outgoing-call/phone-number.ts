import { is, scenario, startReply } from '../kit.ts'
import { requestCall, requireLine } from '../steps/calls.ts'
import { onlyZerosAfter, textIn } from '../steps/text.ts'

const recipient = scenario(
  {
    id: 'outgoing-call/phone-number',
    purpose: 'Phone Number and Subaddress may fill all of their octets.',
    decides: ['2.7/phone-number-full'],
    provenBy: ['refuses-full-phone-number'],
    iut: 'recipient',
    needs: ['outgoing-calls'],
  },
  async (t) => {
    const full = { phoneNumberLength: 64, phoneNumber: '5'.repeat(64), subaddress: '7'.repeat(64) }
    const { control } = await requestCall(t, full)
    const reply = await control.expect('2.7/phone-number-full', 'Outgoing-Call-Reply', t.timers.call)
    requireLine(reply)
    t.field('2.7/phone-number-full', reply, 'resultCode', 1)
  },
)

const originator = scenario(
  {
    id: 'outgoing-call/phone-number',
    purpose:
      "The user's phone number goes into Phone Number and nowhere else, with its length and with zeros after it.",
    decides: [
      '1.4/port',
      '2.7/phone-number-length-sent',
      '2.7/phone-number-ascii',
      '2.7/phone-number-filled',
    ],
    provenBy: [
      'number-taken-for-port',
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
    const dial = await t.dial({ phoneNumber: number })
    const control = await dial.expectConnection('1.4/port')
    await control.await('Start-Control-Connection-Request')
    control.send('Start-Control-Connection-Reply', startReply())
    const request = await control.await('Outgoing-Call-Request', t.timers.request)
    t.field('2.7/phone-number-length-sent', request, 'phoneNumberLength', number.length)
    const phoneNumber = textIn(request, 'phoneNumber')
    t.check('2.7/phone-number-ascii', phoneNumber, begins(number))
    t.check('2.7/phone-number-filled', phoneNumber, onlyZerosAfter('number'))
  },
)

/** Expects Phone Number to hold `number`, whatever follows its first zero octet. */
function begins(number: string) {
  return is<string>(`"${number}" in Phone Number`, (text) => text.split('\0', 1)[0] === number)
}

export default [recipient, originator]
