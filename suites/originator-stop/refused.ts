import { entryOf } from '../../harness/scenario/observation.ts'
import { scenario } from '../catalogue.ts'
import { inItsTime, nextWithin, PATIENCE } from '../keep-alive.ts'
import { endsConnection, stopAsked } from '../originator.ts'

export default scenario(
  {
    id: 'originator-stop/refused',
    purpose: 'Told that the connection was not closed, it asks again or closes; it does not hang.',
    decides: ['2.4/general-error-received'],
    provenBy: ['stop-refusal-hangs'],
    iut: 'originator',
    timer: { wait: PATIENCE },
  },
  async (t) => {
    const control = await stopAsked(t)
    control.send('Stop-Control-Connection-Reply', { resultCode: 2, errorCode: 4 })
    const observation = await nextWithin(t, control, PATIENCE)
    t.decide('2.4/general-error-received', {
      ok: endsConnection(observation),
      expected: 'another Stop-Control-Connection-Request, or the connection closes',
      seen: inItsTime(t, observation),
      entry: entryOf(observation),
    })
  },
)
