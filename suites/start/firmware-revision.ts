import { scenario, startRequest } from '../kit.ts'

export default scenario(
  {
    id: 'start/firmware-revision',
    purpose: 'A start request is accepted whatever its Firmware Revision.',
    decides: ['2.1/firmware-revision-any'],
    provenBy: ['refuses-firmware-revision'],
    iut: 'recipient',
    vary: { revision: { '0': 0, '0xFFFF': 0xffff } },
  },
  async (t) => {
    const control = await t.connect()
    control.send('Start-Control-Connection-Request', startRequest({ firmwareRevision: t.vary.revision }))
    const reply = await control.expect('2.1/firmware-revision-any', 'Start-Control-Connection-Reply')
    t.field('2.1/firmware-revision-any', reply, 'resultCode', 1)
  },
)
