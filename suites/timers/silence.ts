import { type EitherTester, type Evidence, is, isMessage, scenario } from '../kit.ts'
import {
  MINUTE,
  nextWithin,
  PATIENCE,
  type Silent,
  silentConnections,
  type Timed,
  timed,
} from '../steps/keep-alive.ts'

export default scenario(
  {
    id: 'timers/silence',
    purpose: 'Echo-Request is sent on an established connection that has been silent for 60 seconds.',
    decides: ['3.1.4/keep-alive-sent'],
    provenBy: ['keep-alive-missing', 'keep-alive-late'],
    iut: 'both',
    needs: { recipient: [], originator: ['ppp'] },
    readings: ['A-35'],
    timer: { wait: PATIENCE },
  },
  async (t) => {
    const { latest } = t.timerWindow(MINUTE)
    const samples = await Promise.all((await silentConnections(t)).map((silent) => sample(t, silent)))
    const inTime = (one: Timed) => asked(one) && one.after <= latest
    const expected = 'Echo-Request after 60 s without a message, or earlier'
    t.check('3.1.4/keep-alive-sent', worstOf(t, samples), is(expected, inTime))
  },
)

/** What comes next on a silent connection, and after how long a silence. */
async function sample<R extends string>(t: EitherTester<R>, { control, since }: Silent<R>): Promise<Timed> {
  const observation = await nextWithin(t, control, PATIENCE)
  return { observation, after: since.elapsed() }
}

function asked({ observation }: Timed): boolean {
  return isMessage('Echo-Request').holds(observation)
}

/** The worst sample as evidence: no Echo-Request is worse than a late one. */
function worstOf(t: EitherTester<string>, samples: readonly Timed[]): Evidence<Timed> {
  const graver = (a: Timed, b: Timed) => Number(asked(a)) - Number(asked(b)) || b.after - a.after
  const worst = samples.reduce((one, other) => (graver(one, other) > 0 ? other : one))
  const told = timed(t, worst.observation, worst.after)
  if (!asked(worst)) return told
  const times = samples.map(({ after }) => after)
  return { ...told, seen: `Echo-Request after ${t.durations(worst.after, ...times)}` }
}
