import type { Framed } from '../../../protocol/framer.ts'
import { HEADER_SIZE, MAGIC_COOKIE } from '../../../protocol/messages.ts'
import { concat, readUint16, readUint32, writeUint32 } from '../../../protocol/octets.ts'
import { type Framing, frame, type Stream } from '../../framing.ts'
import type { Fault } from '../fault.ts'

/** How many messages of one segment a mutant handles. */
const BACKLOG = 64

const NONE = new Uint8Array(0)

/** Makes a stream that is out of step go on. */
const goingOn = (stream: Stream): Stream => ({ ...stream, pending: NONE, isLost: false })

/** Reads on where the stream is out of step; undefined treats it as the reference does. */
type Recover = (lost: Framed & { readonly kind: 'out-of-step' }, stream: Stream) => Framing | undefined

function recovering(recover: Recover): (usual: Framing) => Framing {
  return function read(usual): Framing {
    const last = usual.found.at(-1)
    if (last?.kind !== 'out-of-step') return usual
    const recovered = recover(last, usual.stream)
    if (recovered === undefined) return usual
    // The rest of the stream may be out of step again.
    const rest = read(recovered)
    return { found: [...usual.found.slice(0, -1), ...rest.found], stream: rest.stream }
  }
}

/** Reads nothing more, and reports no error. */
const deaf = (stream: Stream): Framing => ({ found: [], stream })

/**
 * Goes on at the next Magic Cookie. If there is none, it keeps the last 7 octets, in which a header
 * may begin.
 */
function resynchronized(octets: Uint8Array, stream: Stream): Framing & { readonly isSeeking: boolean } {
  for (let at = 0; at + 8 <= octets.length; at++)
    if (readUint32(octets, at + 4) === MAGIC_COOKIE)
      return { ...frame(goingOn(stream), octets.slice(at)), isSeeking: false }
  return { found: [], stream: { ...stream, pending: octets.slice(-7), isLost: true }, isSeeking: true }
}

/** Faults in cutting a TCP stream into messages (section 1.4). */
export const FRAMING_FAULTS = {
  'ignores-magic-cookie': {
    title: 'Accepts any Magic Cookie',
    section: '1.4',
    breaks: ['1.4/loss-of-synchronization-closes'],
    consequences: ['1.4/no-resynchronization', '3.2.4.2/wait-reply-no-data'],
    instead: {
      frame: recovering(({ cause, rest }, stream) => {
        if (cause !== 'magic-cookie') return undefined
        const mended = rest.slice()
        writeUint32(mended, 4, MAGIC_COOKIE)
        return frame(goingOn(stream), mended)
      }),
    },
  },
  resynchronizes: {
    title: 'Looks for the next Magic Cookie after a wrong one, and goes on from there',
    section: '1.4',
    breaks: ['1.4/no-resynchronization'],
    consequences: ['1.4/loss-of-synchronization-closes'],
    instead() {
      const seeking = new WeakSet<Stream>()
      const look = (octets: Uint8Array, stream: Stream): Framing => {
        const found = resynchronized(octets, stream)
        if (found.isSeeking) seeking.add(found.stream)
        return found
      }
      const recover = recovering(({ cause, rest }, stream) =>
        cause === 'magic-cookie' ? look(rest.subarray(1), stream) : undefined,
      )
      return {
        frame: (usual, stream, octets) =>
          recover(seeking.has(stream) ? look(concat(stream.pending, octets), stream) : usual),
      }
    },
  },
  'never-closes-on-bad-cookie': {
    title: 'Ignores everything after a wrong Magic Cookie, and leaves the connection open',
    section: '1.4',
    breaks: ['1.4/loss-of-synchronization-closes'],
    instead: {
      frame: recovering(({ cause }, stream) => (cause === 'magic-cookie' ? deaf(stream) : undefined)),
    },
  },
  'never-closes-on-bad-length': {
    title: 'Ignores everything after an impossible Length, and leaves the connection open',
    section: '1.4',
    breaks: ['1.4/loss-of-synchronization-closes', '2.16/bad-format'],
    instead: {
      frame: recovering(({ cause }, stream) => (cause === 'length' ? deaf(stream) : undefined)),
      controlStep: (usual, { message, state }) =>
        message?.name === 'unrecognized' && message.claims !== undefined && message.pptpMessageType === 1
          ? { action: (does, { why }) => does.log(`ignored: ${why}`), to: state }
          : usual,
    },
  },
  'ignores-short-length': {
    title: 'Drops the octets read so far on a Length below 12, and goes on',
    section: '1.4',
    breaks: ['1.4/loss-of-synchronization-closes'],
    instead: {
      frame: recovering(({ cause, rest }, stream) =>
        cause === 'length' && readUint16(rest, 0) < HEADER_SIZE
          ? { found: [], stream: goingOn(stream) }
          : undefined,
      ),
    },
  },
  'waits-for-impossible-length': {
    title: 'Waits for all octets of a Length greater than any message has',
    section: '1.4',
    breaks: ['1.4/loss-of-synchronization-closes'],
    instead: {
      frame: recovering(({ cause, rest }, stream) =>
        cause === 'length' && readUint16(rest, 0) > stream.longest
          ? frame({ ...goingOn(stream), longest: 0xffff }, rest)
          : undefined,
      ),
    },
  },
  'framer-needs-whole-message-per-read': {
    title: 'Treats a message that is split over segments as malformed',
    section: '1.4',
    breaks: ['1.4/message-boundaries'],
    consequences: [
      '3.1.4/reply-awaited-long-enough',
      '3.2.1/no-short-timers',
      '3/reply-patience',
      '1.1/ordinary-ppp',
    ],
    instead: {
      frame(usual) {
        const { found, stream } = usual
        if (stream.isLost || stream.pending.length === 0) return usual
        const half = {
          kind: 'out-of-step',
          cause: 'length',
          detail: 'the segment ends inside a message',
          rest: stream.pending,
        } as const
        return { found: [...found, half], stream }
      },
    },
  },
  'framer-one-message-per-read': {
    title: 'Drops all messages of a segment after the first',
    section: '1.4',
    breaks: ['1.4/message-boundaries'],
    instead: {
      frame: (usual) => (usual.found.length > 1 ? { ...usual, found: usual.found.slice(0, 1) } : usual),
    },
  },
  'echo-backlog-dropped': {
    title: 'Drops all messages of a segment after the first 64',
    section: '2.5',
    iut: 'originator',
    breaks: ['2.5/reply-to-each'],
    instead: {
      frame: (usual) =>
        usual.found.length > BACKLOG ? { ...usual, found: usual.found.slice(0, BACKLOG) } : usual,
    },
  },
} satisfies Record<string, Fault>
