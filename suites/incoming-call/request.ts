import { reaction, scenario } from '../kit.ts'

export default scenario(
  {
    id: 'incoming-call/request',
    purpose:
      'An Incoming-Call-Request is answered with Incoming-Call-Reply, even if only to refuse the call.',
    decides: ['3.2.3.2/reply-to-incoming'],
    provenBy: ['incoming-reply-missing'],
    iut: 'both',
  },
  async (t) => {
    await t.openTunnel()
    const control = await t.establish()
    const fence = t.unique()
    control.send('Incoming-Call-Request', {
      callId: t.unique() & 0xffff,
      callSerialNumber: 1,
      callBearerType: 1,
      dialedNumberLength: 3,
      dialedNumber: '100',
    })
    control.send('Echo-Request', { identifier: fence })
    await control.expectOneOf('3.2.3.2/reply-to-incoming', [
      reaction.answers(
        'Incoming-Call-Reply',
        () => true,
        'the implementation answers with Incoming-Call-Reply',
      ),
      reaction.ignores(fence, 'warn'),
      reaction.stops('warn'),
      reaction.closes('warn'),
    ])
  },
)
