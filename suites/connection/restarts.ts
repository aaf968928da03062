import { describeObservation, Inconclusive, scenario, startReply } from '../kit.ts'
import { startAsked } from '../steps/originator.ts'

/** ms: the RFC does not say how soon a connection is opened again. */
const RESTART = 30_000

export default scenario(
  {
    id: 'connection/restarts',
    purpose:
      'After it closed the connection over a malformed message, the originator opens another one and starts it.',
    decides: ['3/restart', '3.1.1/start-when-open'],
    provenBy: ['never-restarts', 'dials-once', 'restart-without-start'],
    iut: 'originator',
    needs: ['persists'],
    vary: {
      malformation: {
        'magic-cookie': { magicCookie: 0 },
        type: { controlMessageType: 16 },
      },
    },
  },
  async (t) => {
    const { dial, control } = await startAsked(t)
    control.send('Start-Control-Connection-Reply', startReply(), { patch: t.vary.malformation })
    const closed = await control.next(t.timers.close)
    if (closed.kind !== 'closed')
      throw new Inconclusive(
        `expected the connection to close over the malformed message, but saw ${describeObservation(closed)}`,
      )
    const again = await dial.expectConnection('3/restart', { window: Math.max(2 * t.timers.dial, RESTART) })
    await again.expect(['3/restart', '3.1.1/start-when-open'], 'Start-Control-Connection-Request')
  },
)
