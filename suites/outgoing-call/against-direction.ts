import {
  type AnsweredCall,
  type Control,
  is,
  type Observation,
  observed,
  reaction,
  scenario,
  type Tester,
} from '../kit.ts'
import { incomingRequest } from '../steps/incoming.ts'
import { firstData } from '../steps/lcp.ts'
import { endsConnection } from '../steps/originator.ts'

type Message = 'Outgoing-Call-Request' | 'Incoming-Call-Request' | 'Call-Clear-Request' | 'Set-Link-Info'

export default scenario(
  {
    id: 'outgoing-call/against-direction',
    purpose:
      'During a call, requests that only a PNS may send, and an Incoming-Call-Request, do not hang the connection of an originator.',
    decides: ['3/unexpected-message'],
    provenBy: ['hangs-on-unexpected', 'incoming-hangs-on-number-length'],
    iut: 'originator',
    readings: ['A-02'],
    needs: ['ppp'],
    vary: {
      message: {
        'outgoing-call-request': 'Outgoing-Call-Request',
        'incoming-call-request': 'Incoming-Call-Request',
        'call-clear-request': 'Call-Clear-Request',
        'set-link-info': 'Set-Link-Info',
      } as Readonly<Record<string, Message>>,
    },
  },
  async (t) => {
    const { control, call } = await t.acceptCall()
    await firstData(t, call.tunnel)
    sendAgainst(t, control, call, t.vary.message)
    const fence = t.unique()
    control.send('Echo-Request', { identifier: fence })
    const last = await lastBefore(control, fence)
    t.check('3/unexpected-message', observed(last), ANSWERS_OR_ENDS)
  },
)

const ANSWERS_OR_ENDS = is<Observation>(
  'Echo-Reply to the Echo-Request sent after the message, whatever is answered before; or the end of the connection',
  ({ kind }) => kind === 'message' || kind === 'closed',
)

/**
 * Waits past other messages, for the reply to the fence, the end of the connection, silence, or
 * octets that are no message.
 */
async function lastBefore<R extends string>(control: Control<R>, fence: number): Promise<Observation> {
  const { matches } = reaction.ignores(fence)
  let last = await control.next()
  // The IUT may answer the message first, even by clearing the call.
  while (last.kind === 'message' && !matches(last) && !endsConnection(last)) last = await control.next()
  return last
}

function sendAgainst<R extends string>(
  t: Tester<R>,
  control: Control<R>,
  { request, reply }: AnsweredCall,
  message: Message,
): void {
  if (message === 'Outgoing-Call-Request') control.send(message, t.callRequest())
  // Its Dialed Number Length exceeds the field as well.
  else if (message === 'Incoming-Call-Request')
    control.send(message, incomingRequest(t, { dialedNumberLength: 0xffff }))
  else if (message === 'Call-Clear-Request') control.send(message, { callId: request.message.callId })
  else
    control.send(message, {
      peersCallId: request.message.callId,
      sendAccm: 0xffffffff,
      receiveAccm: reply.callId,
    })
}
