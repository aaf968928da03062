import type { Fragmentation } from '../protocol/ip.ts'
import { printable } from '../protocol/octets.ts'
import type { LooseOctets, TraceMessage } from './messages.ts'
import type { Passage, Trace } from './trace.ts'

/** Makes the comments on frames of a capture: facts that the frames themselves cannot show. */

const COMMENTS_A_FRAME = 20

/** Limits the comments of a frame, and says how many are left out. */
export function bounded(comments: readonly string[]): readonly string[] {
  if (comments.length <= COMMENTS_A_FRAME) return comments
  const kept = comments.slice(0, COMMENTS_A_FRAME)
  return [...kept, `${comments.length - kept.length} more remarks are in the trace`]
}

/**
 * Says why only one end saw a packet; empty when a decision of the impairment says so already.
 * @param decided whether there is such a decision.
 */
export function passageInWords(only: Passage | undefined, decided: boolean): readonly string[] {
  if (decided || only === undefined) return []
  return [only === 'received' ? 'impairment: arrives late, or as a copy' : 'impairment: did not arrive then']
}

/** Says how the tester fragmented a packet; empty when it did not. */
export function fragmentsInWords(fragments: Fragmentation | undefined): readonly string[] {
  return fragments === undefined
    ? []
    : [`sent in IP fragments of ${fragments.size} octets each, ${fragments.order}`]
}

/**
 * Says how a stretch of octets reached its receiver, unless one write carried it and nothing else.
 * @param frameOf returns the first frame that shows an entry.
 */
export function deliveryOf(
  part: Exclude<TraceMessage, { kind: 'gre' }> | LooseOctets,
  trace: Trace,
  frameOf: (index: number) => number | undefined,
): string[] {
  const comments: string[] = []
  if (part.kind === 'out-of-step') comments.push(`out of step: ${printable(part.detail)}`)
  else if (part.kind === 'loose')
    comments.push(
      part.why === 'incomplete'
        ? `${part.octets.length} octets of a message that was never completed`
        : part.why === 'after-loss-of-step'
          ? `${part.octets.length} octets after the stream got out of step`
          : `${part.octets.length} octets, not split into messages: the trace has reached its limit of messages`,
    )
  else if (part.message.name === 'unrecognized') comments.push(printable(part.message.reason))
  const [first] = part.carriedBy
  if (first === undefined) return comments
  const begun = trace.entries[first]?.at ?? part.entry.at
  if (part.carriedBy.length > 1)
    comments.push(
      `delivered in ${part.carriedBy.length} pieces within ${(part.entry.at - begun).toFixed(1)} ms`,
    )
  const shared = frameOf(first)
  if (shared !== undefined) comments.push(`begins in the same write or read as frame ${shared}`)
  return comments
}
