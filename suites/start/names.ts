import { scenario, startRequest } from '../kit.ts'

export default scenario(
  {
    id: 'start/names',
    purpose: 'Host Name and Vendor Name may be empty or fill all of their octets, without a zero at the end.',
    decides: ['2.1/names-any'],
    provenBy: ['refuses-full-names'],
    iut: 'recipient',
    vary: { name: { empty: '', full: 'n'.repeat(64), 'not-ascii': '\xff\xfe%n%s\x01' } },
  },
  async (t) => {
    const control = await t.connect()
    control.send(
      'Start-Control-Connection-Request',
      startRequest({ hostName: t.vary.name, vendorName: t.vary.name }),
    )
    const reply = await control.expect('2.1/names-any', 'Start-Control-Connection-Reply')
    t.field('2.1/names-any', reply, 'resultCode', 1)
  },
)
