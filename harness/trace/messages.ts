import { type DecodedMessage, decodeControl } from '../protocol/control.ts'
import { createFramer, type Framed, type Framer } from '../protocol/framer.ts'
import { type DecodedGre, decodeGre } from '../protocol/gre.ts'
import type { Side, Trace, TraceEntry } from './trace.ts'

/**
 * One stretch of one direction of one TCP connection. Every octet recorded is in exactly one
 * stretch.
 */
interface Stretch {
  /** The entry that completed the stretch. */
  readonly entry: TraceEntry
  readonly connection: number
  readonly from: Side
  readonly octets: Uint8Array
  /** Indexes of the entries that carried its octets, oldest first. */
  readonly carriedBy: readonly number[]
}

/** A message of a trace, once its streams are framed and its packets decoded. */
export type TraceMessage =
  /** One control message, well-formed or not, framed by its Length. */
  | (Stretch & { readonly kind: 'control'; readonly message: DecodedMessage })
  /**
   * The stream lost its message boundaries here (RFC 2637 section 1.4). `octets` are those of this
   * direction from the wrong header to the end of its entry.
   */
  | (Stretch & {
      readonly kind: 'out-of-step'
      readonly cause: 'magic-cookie' | 'length'
      readonly detail: string
    })
  | {
      readonly kind: 'gre'
      readonly entry: TraceEntry
      readonly from: Side
      readonly packet: DecodedGre
      readonly octets: Uint8Array
    }

/** Octets of a stream that belong to no message. */
export type LooseOctets = Stretch & {
  readonly kind: 'loose'
  /**
   * Why: part of a message that was never completed, after the loss of message boundaries, or after
   * the limit of messages.
   */
  readonly why: 'incomplete' | 'after-loss-of-step' | 'too-many-messages'
}

/** A message of a trace, or octets that belong to no message. */
export type TracePart = TraceMessage | LooseOctets

/**
 * A trace and its decoded parts. All readers of the trace share this, so that it is decoded only
 * once.
 */
export interface ReadTrace {
  readonly trace: Trace
  /**
   * Every control message, loss of message boundaries and GRE packet of the trace, in order of
   * occurrence, and the octets that belong to no message: together they hold every octet of each
   * direction. An incomplete message is placed where its direction ended, or at the end of the
   * trace.
   */
  readonly parts: readonly TracePart[]
}

/**
 * The most control messages that are framed in one trace; later octets stay unframed, so that a
 * flood of small messages does not take gigabytes.
 */
export const MESSAGE_LIMIT = 50_000

interface Stream {
  readonly connection: number
  readonly from: Side
  readonly framer: Framer
  /** Entries with octets that the framer still holds, from `first` on. */
  held: { entry: TraceEntry; octets: number }[]
  first: number
  lost: boolean
}

/** Decodes a trace when its parts are first read, and keeps the result. Never throws. */
export function readTrace(trace: Trace): ReadTrace {
  let parts: readonly TracePart[] | undefined
  return {
    trace,
    get parts() {
      parts ??= partsOf(trace)
      return parts
    },
  }
}

/** Returns the parts of a trace without the octets that belong to no message. */
export function messagesOf({ parts }: ReadTrace): readonly TraceMessage[] {
  return parts.filter((part) => part.kind !== 'loose')
}

function partsOf(trace: Trace): readonly TracePart[] {
  const decoder = createDecoder()
  const parts: TracePart[] = []
  for (const entry of trace.entries) for (const part of decoder.take(entry)) parts.push(part)
  for (const part of decoder.end()) parts.push(part)
  return parts
}

/** Decodes a trace entry by entry. */
export interface Decoder {
  /** Returns the parts that an entry completes. */
  take(entry: TraceEntry): readonly TracePart[]
  /** Returns the incomplete messages that are left at the end of the trace. */
  end(): readonly TracePart[]
  /**
   * The octets of a message that a direction has begun and not completed, after the latest entry.
   */
  begun(connection: number, from: Side): Uint8Array
}

const NONE: readonly TracePart[] = []
const NO_OCTETS = new Uint8Array(0)

/**
 * Makes a decoder for one trace. @param most the most control messages that are framed; later
 * octets stay unframed.
 */
export function createDecoder(most = MESSAGE_LIMIT): Decoder {
  let framed = 0
  const streams = new Map<string, Stream>()

  function streamOf(connection: number, from: Side): Stream {
    const key = `${connection} ${from}`
    const known = streams.get(key)
    if (known !== undefined) return known
    const stream: Stream = { connection, from, framer: createFramer(), held: [], first: 0, lost: false }
    streams.set(key, stream)
    return stream
  }

  function takeData(entry: TraceEntry & { readonly kind: 'tcp-data' }): readonly TracePart[] {
    if (entry.octets.length === 0) return NONE
    const stream = streamOf(entry.connection, entry.from)
    if (framed >= most) return [...flush(stream), unframed(entry, 'too-many-messages')]
    const parts = advance(stream, entry)
    framed += parts.length
    return parts
  }

  return {
    take(entry) {
      switch (entry.kind) {
        case 'gre': {
          const { from, octets } = entry
          return [{ kind: 'gre', entry, from, packet: decodeGre(octets), octets }]
        }
        case 'tcp-data':
          return takeData(entry)
        case 'tcp-end':
          return flush(streamOf(entry.connection, entry.from))
        case 'tcp-reset':
          return [...flush(streamOf(entry.connection, 'tester')), ...flush(streamOf(entry.connection, 'iut'))]
        default:
          return NONE
      }
    },
    end: () => [...streams.values()].flatMap(flush),
    begun: (connection, from) => streams.get(`${connection} ${from}`)?.framer.pending() ?? NO_OCTETS,
  }
}

/**
 * Returns the incomplete message with which a direction ends; none when it ends between messages.
 */
function flush(stream: Stream): readonly TracePart[] {
  const octets = stream.framer.pending()
  const last = stream.held.at(-1)
  if (stream.lost || last === undefined || octets.length === 0) return NONE
  const part: LooseOctets = {
    kind: 'loose',
    why: 'incomplete',
    entry: last.entry,
    connection: stream.connection,
    from: stream.from,
    octets: octets.slice(),
    carriedBy: stream.held.slice(stream.first).map(({ entry }) => entry.index),
  }
  stream.held = []
  stream.first = 0
  // The direction has ended. If a broken trace goes on, a new framer could not know where a
  // message begins.
  stream.lost = true
  return [part]
}

function advance(stream: Stream, entry: TraceEntry & { readonly kind: 'tcp-data' }): readonly TracePart[] {
  const { octets } = entry
  if (octets.length === 0) return []
  if (stream.lost) return [unframed(entry, 'after-loss-of-step')]
  stream.held.push({ entry, octets: octets.length })
  return stream.framer.push(octets).map((framed) => partOf(stream, entry, framed))
}

function unframed(entry: TraceEntry & { readonly kind: 'tcp-data' }, why: LooseOctets['why']): LooseOctets {
  const { connection, from, octets } = entry
  return { kind: 'loose', why, entry, connection, from, octets, carriedBy: [entry.index] }
}

function partOf(stream: Stream, entry: TraceEntry, framed: Framed): TraceMessage {
  const { connection, from } = stream
  const octets = framed.kind === 'message' ? framed.octets : framed.rest
  const common = { entry, connection, from, octets, carriedBy: take(stream, octets.length) }
  if (framed.kind === 'message') return { kind: 'control', ...common, message: decodeControl(octets) }
  stream.lost = true
  return { kind: 'out-of-step', ...common, cause: framed.cause, detail: framed.detail }
}

/**
 * Removes octets from the stream's list of carriers; returns the indexes of the entries that
 * carried them.
 */
function take(stream: Stream, octets: number): number[] {
  const carriers: number[] = []
  let left = octets
  while (left > 0) {
    const first = stream.held[stream.first]
    if (first === undefined) break
    carriers.push(first.entry.index)
    const taken = Math.min(left, first.octets)
    left -= taken
    first.octets -= taken
    if (first.octets === 0) stream.first++
  }
  if (stream.first === stream.held.length) {
    stream.held = []
    stream.first = 0
  }
  return carriers
}

/** Returns the side that receives what this side sends. */
export function oppositeSide(side: Side): Side {
  return side === 'tester' ? 'iut' : 'tester'
}
