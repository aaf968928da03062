import { scenario } from '../kit.ts'

export default scenario(
  {
    id: 'outgoing-call/dials-again',
    purpose: 'Each time that it dials its Outgoing-Call-Request has a Call Serial Number of its own.',
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
    const serials = [one, other].map(({ message }) => message.callSerialNumber)
    t.decide('2.7/call-serial-number', {
      ok: serials[0] !== serials[1],
      expected: 'two Call Serial Numbers',
      seen: serials.join(' and '),
      entry: other.entry,
    })
  },
)
