import { type MessageName, reaction, scenario, startReply } from '../kit.ts'

export default scenario(
  {
    id: 'message-format/unexpected-message',
    purpose:
      'A well-formed message that makes no sense in this state or direction does not hang the connection.',
    decides: ['3/unexpected-message'],
    provenBy: ['hangs-on-unexpected'],
    iut: 'both',
    vary: {
      message: {
        'start-reply': 'Start-Control-Connection-Reply',
        'stop-reply': 'Stop-Control-Connection-Reply',
        'echo-reply': 'Echo-Reply',
        'outgoing-call-reply': 'Outgoing-Call-Reply',
        'incoming-call-reply': 'Incoming-Call-Reply',
        'incoming-call-connected': 'Incoming-Call-Connected',
        'call-disconnect-notify': 'Call-Disconnect-Notify',
        'wan-error-notify': 'WAN-Error-Notify',
      } as Readonly<Record<string, MessageName>>,
    },
  },
  async (t) => {
    const control = await t.establish()
    const fence = t.unique()
    const { message } = t.vary
    // A successful start reply catches an implementation that establishes the connection anew.
    if (message === 'Start-Control-Connection-Reply') control.send(message, startReply())
    else control.send(message)
    control.send('Echo-Request', { identifier: fence })
    await control.expectOneOf('3/unexpected-message', [
      reaction.ignores(fence),
      reaction.closes(),
      reaction.stops(),
    ])
  },
)
