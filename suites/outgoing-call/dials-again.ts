import { fieldOf, is, scenario } from '../kit.ts'

export default scenario(
  {
    id: 'outgoing-call/dials-again',
    purpose: 'When an originator dials again, its Outgoing-Call-Request has another Call Serial Number.',
    decides: ['2.7/call-serial-number'],
    provenBy: ['call-serial-number-repeats'],
    iut: 'originator',
  },
  async (t) => {
    const first = await t.accept()
    const one = await first.control.await('Outgoing-Call-Request', t.timers.request)
    first.control.send('Outgoing-Call-Reply', t.callReply(one, { resultCode: 4 }))
    await first.control.dispose()
    await first.dial.stop()
    const second = await t.accept()
    const other = await second.control.await('Outgoing-Call-Request', t.timers.request)
    const used = one.message.callSerialNumber
    t.check(
      '2.7/call-serial-number',
      fieldOf(other, 'callSerialNumber'),
      is(`a Call Serial Number other than ${used}, that of the first request`, (number) => number !== used),
    )
  },
)
