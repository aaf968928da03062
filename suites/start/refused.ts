import { adding, ends, is, type Observation, observed, scenario, startReply, tolerating } from '../kit.ts'
import { generalErrors } from '../steps/error-code.ts'
import { answersStop, describeSequel, sequel, startAsked } from '../steps/originator.ts'

const REFUSALS = {
  ...generalErrors('2.2/general-error-received'),
  'already-exists': { requirement: '2.2/already-exists-received', values: { resultCode: 3 } },
  'not-authorized': { requirement: '2.2/not-authorized-received', values: { resultCode: 4 } },
  version: { requirement: '2.2/version-refused-received', values: { resultCode: 5 } },
  undefined: { requirement: '2.2/undefined-result-received', values: { resultCode: 6 } },
  zero: { requirement: '2.2/undefined-result-received', values: { resultCode: 0 } },
} as const

export default scenario(
  {
    id: 'start/refused',
    purpose:
      'An originator whose start is refused asks for no call, and ends the connection, with or without a stop request.',
    decides: [
      '2.2/general-error-received',
      '2.2/already-exists-received',
      '2.2/not-authorized-received',
      '2.2/version-refused-received',
      '2.2/undefined-result-received',
      '3.1.1/refusal-ends',
    ],
    provenBy: ['accepts-refused-start'],
    iut: 'originator',
    vary: { refusal: REFUSALS },
  },
  async (t) => {
    const { requirement, values } = t.vary.refusal
    const { dial, control } = await startAsked(t)
    control.send('Start-Control-Connection-Reply', startReply(values))
    const reaction = observed(await control.next(t.timers.request))
    if (answersStop(control, reaction.value)) await control.next(t.timers.close)
    // The RFC does not say what the user is told or whether the client tries again; the finding
    // reports both.
    const told = END.holds(reaction.value)
      ? `, then ${describeSequel(await sequel(t, dial, t.timers.close))}`
      : ''
    t.check(
      requirement,
      reaction,
      is('no message but Stop-Control-Connection-Request: the connection is not established', endsOrWaits),
    )
    // Only a warning if the IUT waits for the tester to close: it has 60 s, as the connection is
    // not established (section 3.1.4).
    t.check('3.1.1/refusal-ends', adding(reaction, told), tolerating(END, endsOrWaits))
  },
)

const END = ends()

function endsOrWaits(reaction: Observation): boolean {
  return END.holds(reaction) || reaction.kind === 'silence'
}
