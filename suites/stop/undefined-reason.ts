import {
  adding,
  type Control,
  type Evidence,
  fieldOf,
  GeneralError,
  is,
  type Received,
  reaction,
  receivedAs,
  scenario,
} from '../kit.ts'

export default scenario(
  {
    id: 'stop/undefined-reason',
    purpose: 'A Stop-Control-Connection-Request with an undefined Reason is not ignored.',
    decides: [
      '2.3/reason-undefined-received',
      '2.4/result-general-error',
      '3.1.1/stop-closes',
      '3.1.2/stop-closes',
    ],
    provenBy: ['ignores-stop-with-other-reasons', 'stop-never-closes', 'stop-refused-and-closed'],
    iut: 'both',
    readings: ['A-29'],
    vary: { reason: [0, 4, 255] },
  },
  async (t) => {
    const control = await t.establish()
    control.send('Stop-Control-Connection-Request', { reason: t.vary.reason })
    // An originator may have requested a call, which it clears before it replies.
    if (t.iut === 'originator') await control.passOver('Call-Clear-Request')
    const observation = await control.expectOneOf('2.3/reason-undefined-received', NOT_PASSED_OVER)
    const reply = receivedAs(observation, 'Stop-Control-Connection-Reply')
    if (reply === undefined) return
    t.check('2.4/result-general-error', await resultAndRest(control, reply), CODE_2_GOES_ON)
    if (reply.message.resultCode === 1) await control.expectClose(['3.1.1/stop-closes', '3.1.2/stop-closes'])
  },
)

const NOT_PASSED_OVER = [
  reaction.answers(
    'Stop-Control-Connection-Reply',
    (reply) => reply.resultCode === 1,
    'the implementation answers with a successful Stop-Control-Connection-Reply',
  ),
  reaction.answers(
    'Stop-Control-Connection-Reply',
    (reply) => reply.resultCode === 2 && reply.errorCode === GeneralError.badValue,
    'the implementation answers with Stop-Control-Connection-Reply, Error Code 3 (Bad-Value)',
  ),
  reaction.closes(),
] as const

/** The Result Code of a stop reply, and whether the connection goes on: asked after code 2 only. */
interface Outcome {
  readonly resultCode: number
  readonly goesOn: boolean
}

async function resultAndRest<R extends string>(
  control: Control<R>,
  reply: Received<'Stop-Control-Connection-Reply'>,
): Promise<Evidence<Outcome>> {
  const code = fieldOf(reply, 'resultCode')
  const resultCode = code.value
  if (resultCode !== 2) return { ...code, value: { resultCode, goesOn: false } }
  const goesOn = await control.isAlive()
  const told = adding(code, `, and the connection ${goesOn ? 'goes on' : 'ends'}`)
  return { ...told, value: { resultCode, goesOn } }
}

const CODE_2_GOES_ON = is<Outcome>(
  'Result Code 2 (General Error) only if the connection goes on',
  ({ resultCode, goesOn }) => resultCode !== 2 || goesOn,
)
