import {
  type Control,
  type ControlMessage,
  Decided,
  GeneralError,
  is,
  reaction,
  receivedAs,
  scenario,
  startRequest,
  type Tester,
  tolerating,
  wholeMessage,
} from '../kit.ts'

export default scenario(
  {
    id: 'start/earlier-version',
    purpose: 'Asked for a version below 1.0, the recipient refuses in its reply, grants no call, and closes.',
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
      ANSWERS,
    )
    const reply = receivedAs(observation, 'Start-Control-Connection-Reply')
    if (reply?.message.resultCode === 1) throw new Decided()
    if (reply !== undefined) t.check('2.2/result-version', wholeMessage(reply), REFUSED_FOR_VERSION)
    if (observation.kind !== 'closed') await expectNoCall(t, control, '3.1.2/earlier-version-idle')
    await control.expectClose('3.1.2/earlier-version-closes')
  },
)

const ANSWERS = [
  reaction.answers(
    'Start-Control-Connection-Reply',
    (reply) => reply.resultCode !== 1,
    'the implementation refuses in a Start-Control-Connection-Reply',
  ),
  reaction.answers(
    'Start-Control-Connection-Reply',
    (reply) => reply.resultCode === 1,
    'the implementation replies with success',
    'warn',
  ),
  reaction.closes('warn'),
] as const

const REFUSED_FOR_VERSION = tolerating(
  is<ControlMessage<'Start-Control-Connection-Reply'>>(
    'Result Code 5 (version not supported) in a refusal',
    ({ resultCode }) => resultCode === 5,
  ),
  // Bad-Value is only a warning: the version is a value, too, and this one is out of range.
  ({ resultCode, errorCode }) => resultCode === 2 && errorCode === GeneralError.badValue,
)

/** Sends a call request, and decides that the call is not connected. */
async function expectNoCall<R extends string>(t: Tester<R>, control: Control<R>, requirement: R) {
  control.send('Outgoing-Call-Request', t.callRequest())
  await control.expectOneOf(
    requirement,
    [
      reaction.closes(),
      reaction.stops(),
      reaction.silence(),
      reaction.answers(
        'Outgoing-Call-Reply',
        (reply) => reply.resultCode !== 1,
        'the implementation refuses a call',
      ),
    ],
    t.timers.call,
  )
}
