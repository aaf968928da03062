import { scenario } from '../kit.ts'
import { closesBy, MINUTE, nextPast, PATIENCE, staysUntil, timed } from '../steps/keep-alive.ts'

export default scenario(
  {
    id: 'timers/no-start-request',
    purpose: 'A connection on which nothing is sent is closed after 60 seconds, and not before.',
    decides: ['3.1.4/request-awaited', '3.1.4/request-awaited-long-enough'],
    provenBy: ['establishment-never-times-out', 'establishment-times-out-early'],
    iut: 'recipient',
    timer: { wait: PATIENCE },
  },
  async (t) => {
    const asked = t.stopwatch()
    const control = await t.connect()
    const open = t.stopwatch()
    // Messages before the close are passed over.
    const observation = await nextPast(t, control, open, ({ kind }) => kind === 'message')
    const { earliest, latest } = t.timerWindow(MINUTE)
    const inTime = closesBy(latest, 'the connection closes 60 s after it was opened, without a start request')
    t.check('3.1.4/request-awaited', timed(t, observation, open.elapsed()), inTime)
    const patient = staysUntil(earliest, 'the connection stays open for 60 s after it was opened')
    t.check('3.1.4/request-awaited-long-enough', timed(t, observation, asked.elapsed()), patient)
  },
)
