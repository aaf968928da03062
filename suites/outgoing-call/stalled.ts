import {
  type Control,
  type ControlMessage,
  controlMessage,
  describeObservation,
  entryOf,
  receivedAs,
  scenario,
  type Tester,
} from '../kit.ts'
import { answersConfigure, firstData } from '../steps/lcp.ts'
import { describeCarrying } from '../steps/originator.ts'

/**
 * Echo-Requests whose answers nobody reads: 120,000 octets of them, and TCP takes some 84,000 from
 * Linux without a reader.
 */
const UNREAD = 6_000
/** How many of them go into one write. */
const TOGETHER = 100
/**
 * Octets of an Echo-Request that is begun and not completed: its header and half of its Identifier.
 */
const BEGUN = 14
/** How often the PPP peer is asked for an answer while the control connection stalls. */
const ASKED = 3

export default scenario(
  {
    id: 'outgoing-call/stalled',
    purpose:
      'While its control connection stalls, because we read nothing or complete no message, the call comes up or goes on; afterwards every message has its answer.',
    decides: ['1.1/ordinary-ppp', '2.5/reply-to-each', '1.4/message-boundaries'],
    provenBy: ['half-message-stalls-tunnel', 'echo-backlog-dropped'],
    iut: 'originator',
    needs: ['ppp'],
    tags: ['long'],
    vary: {
      stall: {
        'unread-before-reply': 'unread-before-reply',
        unread: 'unread',
        'half-a-message': 'half-a-message',
      },
    },
  },
  async (t) => {
    const { stall } = t.vary
    const { control } = await t.accept()
    const tunnels = await t.openTunnel()
    const request = await control.await('Outgoing-Call-Request', t.timers.request)
    const reply = t.callReply(request)
    const early = stall === 'unread-before-reply' ? readNothing(t, control) : undefined
    control.send('Outgoing-Call-Reply', reply)
    const { packetRecvWindowSize, callId } = request.message
    const tunnel = tunnels.end(reply.callId, callId, packetRecvWindowSize)
    await firstData(t, tunnel)
    const identifier = t.unique()
    const goOn =
      early ??
      (stall === 'unread'
        ? readNothing(t, control)
        : { identifiers: [identifier], resume: control.begin('Echo-Request', BEGUN, { identifier }) })
    let answered = 0
    while (answered < ASKED && (await answersConfigure(t, tunnel))) answered++
    t.decide('1.1/ordinary-ppp', {
      ok: answered === ASKED,
      expected: 'PPP in the tunnel, whatever the control connection does',
      seen: `${describeCarrying(answered === ASKED)} while that stalls`,
    })
    goOn.resume()
    const { replies, last } = await countReplies(control, goOn.identifiers, t.timers.tunnel)
    t.decide(stall === 'half-a-message' ? '1.4/message-boundaries' : '2.5/reply-to-each', {
      ok: replies === goOn.identifiers.length,
      expected: `an Echo-Reply to each of ${goOn.identifiers.length}, in order`,
      seen: `${replies}${last === undefined ? '' : `, then ${describeObservation(last)}`}`,
      entry: last && entryOf(last),
    })
  },
)

/** A stall, with the identifiers of the Echo-Requests that wait for their answers. */
interface Stall {
  readonly identifiers: readonly number[]
  readonly resume: () => void
}

function readNothing<R extends string>(t: Pick<Tester<R>, 'unique'>, control: Control<R>): Stall {
  const resume = control.stopReading()
  const identifiers = Array.from({ length: UNREAD }, () => t.unique())
  for (let at = 0; at < UNREAD; at += TOGETHER)
    control.sendTogether(
      ...identifiers
        .slice(at, at + TOGETHER)
        .map((identifier) => controlMessage('Echo-Request', { identifier }) as ControlMessage),
    )
  return { identifiers, resume }
}

/**
 * How many of the Echo-Replies due come in order, and what came instead of the next.
 * @param window ms for each: a TCP that found no room for long asks only now and then whether there
 * is some.
 */
async function countReplies<R extends string>(
  control: Control<R>,
  identifiers: readonly number[],
  window: number,
) {
  for (const [replies, identifier] of identifiers.entries()) {
    const last = await control.next(window)
    if (receivedAs(last, 'Echo-Reply')?.message.identifier !== identifier) return { replies, last }
  }
  return { replies: identifiers.length }
}
