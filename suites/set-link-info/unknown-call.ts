import { reaction, scenario } from '../kit.ts'

export default scenario(
  {
    id: 'set-link-info/unknown-call',
    purpose: 'Set-Link-Info for a Call ID that was never used leaves the connection alone.',
    decides: ['2.15/unknown-call'],
    provenBy: ['set-link-info-closes', 'set-link-info-answers'],
    iut: 'recipient',
  },
  async (t) => {
    const control = await t.establish()
    const fence = t.unique()
    control.send('Set-Link-Info', { peersCallId: 0x7777, sendAccm: 0xffffffff, receiveAccm: 0xffffffff })
    control.send('Echo-Request', { identifier: fence })
    await control.expectOneOf('2.15/unknown-call', [reaction.ignores(fence), reaction.closes('warn')])
  },
)
