import { scenario, startRequest } from '../kit.ts'

export default scenario(
  {
    id: 'start/capabilities',
    purpose: 'A start request is accepted whatever framing and bearer capabilities it announces.',
    decides: ['2.1/capabilities-any'],
    provenBy: ['refuses-no-capabilities'],
    iut: 'recipient',
    vary: { framing: { none: 0, synchronous: 2, both: 3 }, bearer: { none: 0, digital: 2, both: 3 } },
  },
  async (t) => {
    const control = await t.connect()
    control.send(
      'Start-Control-Connection-Request',
      startRequest({ framingCapabilities: t.vary.framing, bearerCapabilities: t.vary.bearer }),
    )
    const reply = await control.expect('2.1/capabilities-any', 'Start-Control-Connection-Reply')
    t.field('2.1/capabilities-any', reply, 'resultCode', 1)
  },
)
