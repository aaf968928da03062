import { scenario } from '../kit.ts'
import { stopAsked } from '../steps/originator.ts'

export default scenario(
  {
    id: 'stop/crossing',
    purpose: 'Where both ask to stop at once, the connection ends.',
    decides: ['3.1.1/stop-requests-cross'],
    provenBy: ['stop-no-reply', 'stop-never-closes'],
    iut: 'originator',
  },
  async (t) => {
    const control = await stopAsked(t)
    control.send('Stop-Control-Connection-Request', { reason: 1 })
    await control.expectClose('3.1.1/stop-requests-cross')
  },
)
