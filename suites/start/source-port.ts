import { PPTP_PORT, scenario, startRequest } from '../kit.ts'

export default scenario(
  {
    id: 'start/source-port',
    purpose: 'A control connection is accepted from any source port.',
    decides: ['1.4/source-port-any'],
    provenBy: ['refuses-own-port'],
    iut: 'recipient',
    vary: { port: [1024, PPTP_PORT, 65535] },
  },
  async (t) => {
    const control = await t.connect({ fromPort: t.vary.port })
    control.send('Start-Control-Connection-Request', startRequest())
    const reply = await control.expect('1.4/source-port-any', 'Start-Control-Connection-Reply')
    t.field('1.4/source-port-any', reply, 'resultCode', 1)
    // RST frees the port for the next case at once.
    control.reset()
  },
)
