import type { LogLine } from './implementation.ts'

/** Longest line that is kept, in characters; the rest is cut off and the cut is marked. */
export const LINE_LIMIT = 2_000
/** The most lines that are kept between two takes. The oldest are dropped; a line says how many. */
export const LINES_LIMIT = 10_000

/**
 * Collects a log stream in bounded memory. Lines are hostile text: they are cut, never interpreted.
 */
export interface LogBuffer {
  /** Adds a piece of the stream; pieces need not end where lines end. */
  push(piece: string): void
  /** The stream has ended: an unfinished line counts as a line. */
  end(): void
  /** Lines since the last take, oldest first. */
  take(): readonly LogLine[]
  /** The last lines, whether taken or not; for messages about a failed start. */
  tail(): readonly string[]
}

/**
 * @param now arrival times, in ms.
 * @param onLine is called with each complete line.
 */
export function createLogBuffer(now: () => number, onLine: (text: string) => void = () => {}): LogBuffer {
  const TAIL = 20
  let lines: LogLine[] = []
  let dropped = 0
  let partial = ''
  let cut = false
  let last: string[] = []

  const finish = () => {
    // The guest's console and some programs end lines with CR LF.
    const whole = partial.endsWith('\r') ? partial.slice(0, -1) : partial
    const text = cut ? `${whole.slice(0, LINE_LIMIT - 3)}...` : whole
    partial = ''
    cut = false
    lines.push({ at: now(), text })
    last = [...last, text].slice(-TAIL)
    onLine(text)
    if (lines.length > LINES_LIMIT) {
      // In blocks, because each removal of a first element copies the array.
      const excess = Math.ceil(LINES_LIMIT / 10)
      lines = lines.slice(excess)
      dropped += excess
    }
  }
  const extend = (piece: string) => {
    const room = LINE_LIMIT - partial.length
    if (piece.length > room) cut = true
    partial += piece.slice(0, room)
  }

  return {
    push(piece) {
      const parts = piece.split('\n')
      parts.forEach((part, index) => {
        extend(part)
        if (index < parts.length - 1) finish()
      })
    },
    end() {
      if (partial !== '') finish()
    },
    take() {
      const first = lines[0]
      const taken =
        dropped > 0 && first
          ? [{ at: first.at, text: `(${dropped} earlier lines dropped)` }, ...lines]
          : lines
      lines = []
      dropped = 0
      return taken
    },
    tail: () => last,
  }
}
