import { beginReading, type Reading, type ReadingOptions } from './capture.ts'
import { type Collecting, type ConversationSink, endPair, factsOf, type PairFacts } from './conversations.ts'
import { type FrameFile, type FrameReader, readFiles } from './frame-stream.ts'

/**
 * Follows the conversations of a capture of any size in bounded memory. The capture is read twice:
 * first to find out where each conversation ends, and who began it; then to tell its entries.
 */

/** How a capture is followed. */
export interface FollowOptions
  extends Pick<ReadingOptions, 'port' | 'wants'>,
    Pick<FrameReader, 'unlessEnded'> {
  /** Begins a conversation. */
  begin(ends: { readonly tester: string; readonly iut: string }): ConversationSink
  /**
   * Called between frames, often; returns false to end the reading.
   * @param frames how many frames the reading has taken. @param of how many there are; undefined in
   * the first reading.
   */
  pause(frames: number, of: number | undefined): Promise<boolean> | boolean
}

/** What was read of a capture. */
export interface FollowedCapture {
  /** The number of frames that were read. */
  readonly frames: number
  /** The number of frames in the capture; undefined when the reading ended before it was known. */
  readonly of: number | undefined
  /** The number of frames of each file, as far as known. */
  readonly each: readonly number[]
  /** Notes for the user on what was left out, and why. */
  readonly notes: readonly string[]
  /** Whether it was read to its end. */
  readonly isWhole: boolean
}

/** A capture file, without its place among others. */
export type CaptureInput = Omit<FrameFile, 'before'>

/**
 * Follows all conversations of several files, which are read as one capture in order of time. Each
 * ends as soon as its last frame was read.
 * @throws UsageError when a file is not a capture or is damaged.
 */
export async function followCapture(
  inputs: readonly CaptureInput[],
  options: FollowOptions,
): Promise<FollowedCapture> {
  const { port, wants } = options
  const notes: string[] = []
  const unplaced = inputs.map((input) => ({ ...input, before: 0 }))
  const first = (trusted: ReadonlySet<number>) =>
    beginReading({ trusted, port, wants, collecting: { kind: 'survey' } })
  let survey = first(new Set())
  const each = await pass(unplaced, survey, options, undefined, (text) => notes.push(text))
  if (each === undefined)
    return { frames: survey.conversations.frames, of: undefined, each: [], notes, isWhole: false }
  const of = each.reduce((sum, count) => sum + count, 0)
  // A sender whose checksums are mostly wrong was captured before its network card filled them in.
  const trusted = new Set(survey.offloaded())
  if (trusted.size > 0) {
    survey = first(trusted)
    if ((await pass(unplaced, survey, options, of)) === undefined)
      return { frames: 0, of, each, notes, isWhole: false }
  }
  const known = factsOf(survey.conversations)
  const reading = beginReading({ trusted, port, wants, collecting: follow(known, options) })
  const ends = new Map([...known].map(([key, { last }]) => [last, key]))
  const files = inputs.map((input, at) => ({
    ...input,
    before: each.slice(0, at).reduce((sum, count) => sum + count, 0),
  }))
  const { conversations } = reading
  const whole = await pass(files, reading, options, of, undefined, () => {
    const key = ends.get(conversations.frames)
    const pair = key === undefined ? undefined : conversations.pairs.get(key)
    if (pair !== undefined) endPair(conversations, pair)
  })
  return {
    frames: conversations.frames,
    of,
    each,
    notes: [...notes, ...reading.notes()],
    isWhole: whole !== undefined,
  }
}

/** Returns how entries of conversations that use PPTP are told. */
function follow(known: ReadonlyMap<string, PairFacts>, { begin }: FollowOptions): Collecting {
  return {
    kind: 'follow',
    known,
    begin({ addresses, originator }) {
      const tester = originator ?? addresses[0]
      return begin({ tester, iut: addresses[0] === tester ? addresses[1] : addresses[0] })
    },
  }
}

/**
 * Reads all frames once; returns the number of frames of each file, or undefined when it was ended.
 */
function pass(
  files: readonly FrameFile[],
  reading: Reading,
  { pause, unlessEnded }: FollowOptions,
  of: number | undefined,
  note: (text: string) => void = () => {},
  taken: () => void = () => {},
): Promise<readonly number[] | undefined> {
  const { conversations } = reading
  return readFiles(files, {
    take(frame) {
      // The file may have grown since it was read first.
      if (of !== undefined && conversations.frames >= of) return
      reading.take(frame)
      taken()
    },
    note,
    pause: () => pause(conversations.frames, of),
    unlessEnded,
  })
}
