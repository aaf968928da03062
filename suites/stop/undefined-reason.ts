import { GeneralError, reaction, receivedAs, scenario } from '../kit.ts'

export default scenario(
  {
    id: 'stop/undefined-reason',
    purpose: 'A Stop-Control-Connection-Request with an undefined Reason is not passed over.',
    decides: [
      '2.3/reason-undefined-received',
      '2.4/result-general-error',
      '3.1.1/stop-closes',
      '3.1.2/stop-closes',
    ],
    provenBy: ['ignores-stop-with-other-reasons', 'stop-never-closes', 'stop-refused-and-closed'],
    iut: 'both',
    readings: ['A-29'],
    vary: { reason: { '0': 0, '4': 4, '255': 255 } },
  },
  async (t) => {
    const control = await t.establish()
    control.send('Stop-Control-Connection-Request', { reason: t.vary.reason })
    // An originator may have asked for its call, which it clears before it replies.
    if (t.iut === 'originator') await control.passOver('Call-Clear-Request')
    const observation = await control.expectOneOf('2.3/reason-undefined-received', [
      reaction.answers('Stop-Control-Connection-Reply', (reply) => reply.resultCode === 1, 'it stops'),
      reaction.answers(
        'Stop-Control-Connection-Reply',
        (reply) => reply.resultCode === 2 && reply.errorCode === GeneralError.badValue,
        'it answers with Bad-Value',
      ),
      reaction.closes(),
    ])
    const reply = receivedAs(observation, 'Stop-Control-Connection-Reply')
    if (reply === undefined) return
    const refused = reply.message.resultCode === 2
    const alive = refused && (await control.isAlive())
    t.decide('2.4/result-general-error', {
      ok: !refused || alive,
      expected: 'Result Code 2 of a connection that goes on, and of no other',
      seen: refused
        ? `Result Code 2, and the connection ${alive ? 'goes on' : 'ends'}`
        : 'another Result Code',
      entry: reply.entry,
    })
    if (reply.message.resultCode === 1) await control.expectClose(['3.1.1/stop-closes', '3.1.2/stop-closes'])
  },
)
