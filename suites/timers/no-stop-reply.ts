import { isMessage, scenario } from '../kit.ts'
import { closesBy, MINUTE, nextPast, PATIENCE, staysUntil, timed } from '../steps/keep-alive.ts'
import { stopAsked } from '../steps/originator.ts'

export default scenario(
  {
    id: 'timers/no-stop-reply',
    purpose: 'If a stop request is not answered, the connection closes after 60 seconds, and not before.',
    decides: ['3/reply-time-out', '3/reply-patience'],
    provenBy: ['stop-reply-awaited-forever', 'stop-reply-awaited-briefly'],
    iut: 'originator',
    timer: { wait: PATIENCE },
  },
  async (t) => {
    const control = await stopAsked(t, { answerEchoes: false })
    const asked = t.stopwatch()
    // The IUT may ask to stop again.
    const { holds: asksAgain } = isMessage('Stop-Control-Connection-Request')
    const end = timed(t, await nextPast(t, control, asked, asksAgain), asked.elapsed())
    const { earliest, latest } = t.timerWindow(MINUTE)
    const inTime = closesBy(latest, 'the connection closes 60 s after a stop request that is not answered')
    t.check('3/reply-time-out', end, inTime)
    t.check(
      '3/reply-patience',
      end,
      staysUntil(earliest, 'the connection stays open for 60 s after the stop request'),
    )
  },
)
