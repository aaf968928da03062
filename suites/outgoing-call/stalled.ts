import {
  adding,
  type Control,
  type ControlMessage,
  controlMessage,
  describeObservation,
  type Evidence,
  entryOf,
  equalTo,
  evidence,
  receivedAs,
  scenario,
  shownBy,
  type Tester,
  type TunnelEnd,
} from '../kit.ts'
import { answersConfigure, firstData } from '../steps/lcp.ts'
import { callAsked, sendCallReply } from '../steps/originator.ts'
import { requireLostSingly } from '../steps/together.ts'

/**
 * Echo-Requests whose replies the tester does not read. Their 120,000 octets are more than the some
 * 84,000 that TCP takes from Linux without a reader.
 */
const UNREAD = 6_000
/** Echo-Requests in one write. */
const TOGETHER = 100
/** Octets of an Echo-Request that are sent first: its header and half of its Identifier. */
const BEGUN = 14
/** How often the PPP peer is asked for an answer while the control connection stalls. */
const ASKED = 3

export default scenario(
  {
    id: 'outgoing-call/stalled',
    purpose:
      'While the control connection stalls, because the tester reads nothing or completes no message, the call carries PPP; afterwards every message is answered.',
    decides: ['1.1/ordinary-ppp', '2.5/reply-to-each', '1.4/message-boundaries'],
    provenBy: ['half-message-stalls-tunnel', 'echo-backlog-dropped'],
    iut: 'originator',
    needs: ['ppp'],
    tags: ['long'],
    vary: { stall: ['unread-before-reply', 'unread', 'half-a-message'] },
  },
  async (t) => {
    const { stall } = t.vary
    const asked = await callAsked(t)
    const { control } = asked
    const reply = t.callReply(asked.request)
    const early = stall === 'unread-before-reply' ? readNothing(t, control) : undefined
    const tunnel = sendCallReply(asked, reply)
    await firstData(t, tunnel)
    const { identifiers, resume } = early ?? STALLS[stall](t, control)
    const expected = `answers of the PPP peer while the control connection stalls: ${ASKED}, one to each Configure-Request`
    t.check('1.1/ordinary-ppp', await answersDuring(t, tunnel), equalTo(ASKED, expected))
    resume()
    const replies = await repliesTo(control, identifiers, t.timers.tunnel)
    if (stall !== 'half-a-message' && replies.value < identifiers.length) await requireLostSingly(t, control)
    t.check(
      stall === 'half-a-message' ? '1.4/message-boundaries' : '2.5/reply-to-each',
      replies,
      equalTo(identifiers.length, `Echo-Replies in order: ${identifiers.length}, one to each Echo-Request`),
    )
  },
)

/** A stall: the Identifiers of the Echo-Requests whose replies are due, and what ends it. */
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

function sendHalf<R extends string>(t: Pick<Tester<R>, 'unique'>, control: Control<R>): Stall {
  const identifier = t.unique()
  return { identifiers: [identifier], resume: control.begin('Echo-Request', BEGUN, { identifier }) }
}

const STALLS = { 'unread-before-reply': readNothing, unread: readNothing, 'half-a-message': sendHalf }

/** How many of `ASKED` Configure-Requests the PPP peer answers, one after the other. */
async function answersDuring(t: Tester<string>, tunnel: TunnelEnd): Promise<Evidence<number>> {
  let answered = 0
  while (answered < ASKED && (await answersConfigure(t, tunnel))) answered++
  return evidence(answered, `answers of the PPP peer while the control connection stalls: ${answered}`)
}

/**
 * Counts the Echo-Replies that come in order, until something else comes.
 * @param window ms for each reply: a TCP that found no room for a while asks only now and then
 * whether there is room again.
 */
async function repliesTo<R extends string>(
  control: Control<R>,
  identifiers: readonly number[],
  window: number,
): Promise<Evidence<number>> {
  for (const [replies, identifier] of identifiers.entries()) {
    const last = await control.next(window)
    if (receivedAs(last, 'Echo-Reply')?.message.identifier === identifier) continue
    const inOrder = evidence(replies, `Echo-Replies in order: ${replies}`)
    return shownBy(adding(inOrder, `, then ${describeObservation(last)}`), entryOf(last))
  }
  return evidence(identifiers.length, `Echo-Replies in order: ${identifiers.length}`)
}
