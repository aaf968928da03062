import { isMessage, type Observation, observed, receivedAs, scenario } from '../kit.ts'
import { requireLostSingly } from '../steps/together.ts'

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
    const answers: Observation[] = []
    while (answers.length < COUNT && !(answers.at(-1)?.kind === 'silence')) answers.push(await control.next())
    if (answers.at(-1)?.kind === 'silence') await requireLostSingly(t, control)
    for (const [at, identifier] of identifiers.entries()) {
      const answer = answers[at]
      if (answer === undefined) return
      t.check('2.5/reply-to-each', observed(answer), isMessage('Echo-Reply'))
      const reply = receivedAs(answer, 'Echo-Reply')
      if (reply === undefined) return
      t.field('2.6/identifier', reply, 'identifier', identifier)
    }
    await control.expectNothing('2.5/reply-to-each', 'one Echo-Reply for each Echo-Request and no more')
  },
)
