import { scenario } from '../kit.ts'
import { stopAsked } from '../steps/originator.ts'

export default scenario(
  {
    id: 'stop/crossing',
    purpose: 'If both ends ask to stop at the same time, the connection closes.',
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
