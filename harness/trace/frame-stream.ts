import { createFrameParser, type FrameParser } from './capture-file.ts'
import type { CapturedFrame } from './captured-frame.ts'

/** Reads the frames of one or several capture files that come in pieces. */

/** A capture file that can be read in pieces. */
export interface FrameFile {
  readonly name: string
  open(): AsyncIterator<Uint8Array, void, void>
  /** What its frames' numbers are counted from: the frames of the files before it. */
  readonly before: number
}

/** How frames are read. */
export interface FrameReader {
  take(frame: CapturedFrame): void
  /** Called with a note for the user when a file ends too early. */
  note(text: string): void
  /** Called between frames, often. Returns false to end the reading. */
  pause(): Promise<boolean> | boolean
  /** Returns what `work` returns; undefined when the reading has to end before. */
  unlessEnded<T>(work: Promise<T>): Promise<T | undefined>
}

/** Frames between two calls of `pause`. */
const SLICE = 64

/**
 * Reads the frames of several files in order of time, as one capture. Each file is in order of its
 * own.
 * @returns the number of frames of each file; undefined when `pause` ended the reading.
 * @throws UsageError when a file is not a capture or is damaged.
 */
export async function readFiles(
  files: readonly FrameFile[],
  reader: FrameReader,
): Promise<readonly number[] | undefined> {
  const feeds = files.map((file) => createFeed(file, reader))
  const [only, another] = feeds
  if (only !== undefined && another === undefined) {
    for (;;) {
      const frames = await only.more()
      if (frames === undefined) return undefined
      if (frames === 'end') return [only.count()]
      let slice = 0
      for (const frame of frames) {
        reader.take(frame)
        if (++slice % SLICE === 0 && !(await reader.pause())) return undefined
      }
    }
  }
  return readMerged(feeds, reader)
}

async function readMerged(
  feeds: readonly Feed[],
  reader: FrameReader,
): Promise<readonly number[] | undefined> {
  const queues = feeds.map((feed) => ({ feed, frames: [] as CapturedFrame[], at: 0, ended: false }))
  for (let slice = 1; ; slice++) {
    for (const queue of queues)
      while (!queue.ended && queue.at === queue.frames.length) {
        const frames = await queue.feed.more()
        if (frames === undefined) return undefined
        queue.at = 0
        queue.frames = frames === 'end' ? [] : [...frames]
        queue.ended = frames === 'end'
      }
    let first: (typeof queues)[number] | undefined
    for (const queue of queues) {
      const frame = queue.frames[queue.at]
      const earliest = first?.frames[first.at]
      if (frame !== undefined && (earliest === undefined || frame.time < earliest.time)) first = queue
    }
    const frame = first?.frames[first.at]
    if (first === undefined || frame === undefined) return feeds.map((feed) => feed.count())
    first.at++
    reader.take(frame)
    if (slice % SLICE === 0 && !(await reader.pause())) return undefined
  }
}

/** The frames of one file. */
interface Feed {
  /** Returns the frames of the next piece; undefined when the reading has to end. */
  more(): Promise<Iterable<CapturedFrame> | 'end' | undefined>
  count(): number
}

function createFeed(file: FrameFile, reader: FrameReader): Feed {
  const pieces = file.open()
  const parser: FrameParser = createFrameParser(file.name, (text) => reader.note(text))
  let ended = false
  let count = 0

  function* numbered(frames: Iterable<CapturedFrame>): Generator<CapturedFrame, void, void> {
    for (const frame of frames) {
      count = frame.number
      yield file.before === 0 ? frame : { ...frame, number: file.before + frame.number }
    }
  }

  return {
    async more() {
      if (ended) return 'end'
      const next = await reader.unlessEnded(pieces.next())
      if (next === undefined) return undefined
      if (!next.done) return numbered(parser.push(next.value))
      ended = true
      return numbered(parser.end())
    },
    count: () => count,
  }
}
