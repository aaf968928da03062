import { describeObservation, entryOf, PROTOCOL_VERSION, receivedAs, scenario, startReply } from '../kit.ts'
import { startAsked } from '../steps/originator.ts'

export default scenario(
  {
    id: 'start/version',
    purpose:
      'A start reply with a version that it does not support makes it ask to stop, wait for the reply, and close.',
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
    const reaction = await control.next(t.timers.request)
    const stop = receivedAs(reaction, 'Stop-Control-Connection-Request')
    const seen = describeObservation(reaction)
    const entry = entryOf(reaction)
    t.decide(['1.4/version-agreed', '3.1.1/reply-examined'], {
      ok: stop !== undefined || reaction.kind !== 'message',
      expected: 'nothing that takes the connection for established',
      seen,
      entry,
    })
    if (version === 0x0001)
      t.decide('2/network-order-received', {
        ok: stop !== undefined || reaction.kind !== 'message',
        expected: 'nothing that takes 0x0001 for 0x0100',
        seen,
        entry,
      })
    if (later)
      t.decide(['3.1.1/later-version', '1.4/version-compared'], {
        ok: stop !== undefined || reaction.kind === 'closed',
        expected: 'Stop-Control-Connection-Request, or the connection closes',
        seen,
        entry,
      })
    else
      t.decide('3.1.1/earlier-version-stops', {
        ok: stop !== undefined,
        expected: 'Stop-Control-Connection-Request',
        seen,
        entry,
      })
    if (stop === undefined) return
    t.field('2.3/reason-stop-protocol', stop, 'reason', 2)
    if (!later) {
      const meanwhile = await control.next()
      t.decide('3.1.1/earlier-version-waits', {
        ok: meanwhile.kind === 'silence',
        expected: 'nothing before its request is answered',
        seen: describeObservation(meanwhile),
        entry: entryOf(meanwhile),
      })
    }
    control.send('Stop-Control-Connection-Reply', { resultCode: 1 })
    await control.expectClose('3.1.1/stop-reply-closes')
  },
)
