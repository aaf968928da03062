import { scenario, startRequest } from '../kit.ts'

export default scenario(
  {
    id: 'start/maximum-channels',
    purpose: "The PAC ignores Maximum Channels in a PNS's request.",
    decides: ['2.1/maximum-channels-ignored'],
    provenBy: ['heeds-maximum-channels'],
    iut: 'recipient',
    vary: { channels: { '1': 1, '65535': 65535 } },
  },
  async (t) => {
    const control = await t.connect()
    control.send('Start-Control-Connection-Request', startRequest({ maximumChannels: t.vary.channels }))
    const reply = await control.expect('2.1/maximum-channels-ignored', 'Start-Control-Connection-Reply')
    t.field('2.1/maximum-channels-ignored', reply, 'resultCode', 1)
  },
)
