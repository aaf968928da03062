import type { LogLine } from './implementation.ts'

/** The longest line that is kept, in characters. The rest is cut off, and `...` marks the cut. */
export const LINE_LIMIT = 2_000
/** The most lines kept between two takes. Older ones are dropped, and a line says how many. */
export const LINES_LIMIT = 10_000

/**
 * Collects a log stream in bounded memory. Lines are hostile text: they are cut, never interpreted.
 */
export interface LogBuffer {
  /** Adds a piece of the stream; pieces need not end where lines end. */
  push(piece: string): void
  /** Ends the stream: an unfinished line then counts as a line. */
  end(): void
  /** Returns the lines since the last take, oldest first. */
  take(): readonly LogLine[]
  /** Returns the last 20 lines, taken or not, for messages about a failed start. */
  tail(): readonly string[]
}

/**
 * Creates a log buffer.
 * @param now returns the time, in ms, for the lines' times of arrival.
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
    // Some programs, and the console of a guest, end lines with CR LF.
    const whole = partial.endsWith('\r') ? partial.slice(0, -1) : partial
    const text = cut ? `${whole.slice(0, LINE_LIMIT - 3)}...` : whole
    partial = ''
    cut = false
    lines.push({ at: now(), text })
    last = [...last, text].slice(-TAIL)
    onLine(text)
    if (lines.length > LINES_LIMIT) {
      // A tenth at once, because each removal copies the array.
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
