import { ends, entryOf, evidence, GeneralError, scenario } from '../kit.ts'
import { inItsTime, nextWithin, PATIENCE } from '../steps/keep-alive.ts'
import { stopAsked } from '../steps/originator.ts'

export default scenario(
  {
    id: 'stop/refused',
    purpose:
      'After a stop reply with General Error or an undefined Result Code, the originator asks to stop again or closes; it does not hang.',
    decides: ['2.4/general-error-received', '2.4/undefined-result-received'],
    provenBy: ['stop-refusal-hangs'],
    iut: 'originator',
    timer: { wait: PATIENCE },
    vary: {
      result: {
        'general-error': {
          requirement: '2.4/general-error-received',
          values: { resultCode: 2, errorCode: GeneralError.noResource },
        },
        zero: { requirement: '2.4/undefined-result-received', values: { resultCode: 0 } },
        undefined: { requirement: '2.4/undefined-result-received', values: { resultCode: 3 } },
      },
    },
  },
  async (t) => {
    const { requirement, values } = t.vary.result
    const control = await stopAsked(t)
    control.send('Stop-Control-Connection-Reply', values)
    const observation = await nextWithin(t, control, PATIENCE)
    t.check(
      requirement,
      evidence(observation, inItsTime(t, observation), entryOf(observation)),
      ends('another Stop-Control-Connection-Request, or the connection closes'),
    )
  },
)
