import {
  ends,
  is,
  isMessage,
  type Observation,
  observed,
  PROTOCOL_VERSION,
  receivedAs,
  scenario,
  startReply,
} from '../kit.ts'
import { endsConnection, startAsked, staysSilent } from '../steps/originator.ts'

export default scenario(
  {
    id: 'start/version',
    purpose:
      'Over a start reply with an unsupported version, the originator asks to stop, waits for the reply, and closes.',
    decides: [
      '1.4/version-agreed',
      '1.4/version-compared',
      '2/network-order-received',
      '3.1.1/reply-examined',
      '3.1.1/later-version',
      '3.1.1/earlier-version-stops',
      '3.1.1/earlier-version-waits',
      '2.3/reason-stop-protocol',
      '3.1.1/stop-reply-closes',
    ],
    provenBy: [
      'accepts-later-version-reply',
      'accepts-earlier-version-reply',
      'version-mismatch-without-stop',
      'start-reply-version-swapped',
      'stop-version-wrong-reason',
      'stop-version-goes-on',
      'stop-reply-ignored',
    ],
    iut: 'originator',
    vary: {
      version: {
        '0x0000': 0,
        // Version 1.0 with its octets in the wrong order.
        '0x0001': 0x0001,
        '0x00FF': 0x00ff,
        '0x0101': 0x0101,
        '0x0200': 0x0200,
        '0xFFFF': 0xffff,
      },
    },
  },
  async (t) => {
    const { version } = t.vary
    const later = version > PROTOCOL_VERSION
    const { control } = await startAsked(t, { answerEchoes: false })
    control.send('Start-Control-Connection-Reply', startReply({ protocolVersion: version }))
    const answer = observed(await control.next(t.timers.request))
    const examined = ['1.4/version-agreed', '3.1.1/reply-examined'] as const
    t.check(examined, answer, grantsNothing('the connection is not established'))
    if (version === 0x0001) t.check('2/network-order-received', answer, grantsNothing('0x0001 is not 0x0100'))
    if (later) t.check(['3.1.1/later-version', '1.4/version-compared'], answer, STOPS_OR_CLOSES)
    else t.check('3.1.1/earlier-version-stops', answer, isMessage(STOP))
    const stop = receivedAs(answer.value, STOP)
    if (stop === undefined) return
    t.field('2.3/reason-stop-protocol', stop, 'reason', 2)
    if (!later) t.check('3.1.1/earlier-version-waits', observed(await control.next()), WAITS)
    control.send('Stop-Control-Connection-Reply', { resultCode: 1 })
    await control.expectClose('3.1.1/stop-reply-closes')
  },
)

const STOP = 'Stop-Control-Connection-Request'
const STOPS_OR_CLOSES = ends('Stop-Control-Connection-Request, or the connection closes')
const WAITS = staysSilent('nothing before Stop-Control-Connection-Request is answered')

/** Expects no message, except one that ends the connection. `what` says why. */
function grantsNothing(what: string) {
  return is<Observation>(
    `no message but Stop-Control-Connection-Request: ${what}`,
    (answer) => answer.kind !== 'message' || endsConnection(answer),
  )
}
