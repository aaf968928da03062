import { Decided, GeneralError, reaction, receivedAs, scenario, startRequest } from '../kit.ts'

export default scenario(
  {
    id: 'start/earlier-version',
    purpose:
      'Asked for a version that never was, the recipient refuses in its reply, grants nothing more and closes.',
    decides: [
      '3.1.2/version-examined',
      '2.2/result-version',
      '3.1.2/earlier-version',
      '3.1.2/earlier-version-idle',
      '3.1.2/earlier-version-closes',
    ],
    provenBy: [
      'accepts-version-zero',
      'version-refusal-wrong-result',
      'keeps-open-after-version-refusal',
      'version-refusal-establishes',
    ],
    iut: 'recipient',
    vary: { version: { '0.0': 0x0000, '0.1': 0x0001, '0.255': 0x00ff } },
  },
  async (t) => {
    await t.openTunnel()
    const control = await t.connect()
    control.send('Start-Control-Connection-Request', startRequest({ protocolVersion: t.vary.version }))
    const observation = await control.expectOneOf(
      ['3.1.2/earlier-version', '3.1.2/version-examined'],
      [
        reaction.answers(
          'Start-Control-Connection-Reply',
          (reply) => reply.resultCode !== 1,
          'it refuses in a Start-Control-Connection-Reply',
        ),
        reaction.answers(
          'Start-Control-Connection-Reply',
          (reply) => reply.resultCode === 1,
          'it replies with success',
          'warn',
        ),
        reaction.closes('warn'),
      ],
    )
    const reply = receivedAs(observation, 'Start-Control-Connection-Reply')
    if (reply?.message.resultCode === 1) throw new Decided()
    if (reply !== undefined)
      t.decide('2.2/result-version', {
        ok: reply.message.resultCode === 5,
        expected: 'Result Code 5 in a refusal',
        seen: `Result Code ${reply.message.resultCode}, Error Code ${reply.message.errorCode}`,
        entry: reply.entry,
        // The version is a value too, and this one is out of range.
        ...(reply.message.resultCode === 2 && reply.message.errorCode === GeneralError.badValue
          ? { otherwise: 'warn' as const }
          : {}),
      })
    if (observation.kind !== 'closed') {
      control.send('Outgoing-Call-Request', t.callRequest())
      await control.expectOneOf(
        '3.1.2/earlier-version-idle',
        [
          reaction.closes(),
          reaction.stops(),
          reaction.silence(),
          reaction.answers('Outgoing-Call-Reply', (reply) => reply.resultCode !== 1, 'it refuses a call'),
        ],
        t.timers.call,
      )
    }
    await control.expectClose('3.1.2/earlier-version-closes')
  },
)
