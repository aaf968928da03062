import { scenario } from '../kit.ts'

/** How many Echo-Requests are sent before the first reply is read. */
const COUNT = 32

export default scenario(
  {
    id: 'echo/many',
    purpose: 'Echo-Requests sent without waiting for replies are each answered once, in order.',
    decides: ['2.5/reply-to-each', '2.6/identifier'],
    provenBy: ['echo-no-reply', 'echo-reply-twice', 'echo-wrong-identifier'],
    iut: 'both',
  },
  async (t) => {
    const control = await t.establish()
    const identifiers = Array.from({ length: COUNT }, () => t.unique())
    for (const identifier of identifiers) control.send('Echo-Request', { identifier })
    for (const identifier of identifiers) {
      const reply = await control.expect('2.5/reply-to-each', 'Echo-Reply')
      t.field('2.6/identifier', reply, 'identifier', identifier)
    }
    await control.expectNothing('2.5/reply-to-each', 'one Echo-Reply for each Echo-Request and no more')
  },
)
