import { progressText } from '../report/judgement-text.ts'
import type { Output } from './io.ts'

/** Shows on a terminal how far a capture is read. */
export interface CaptureProgress {
  /** @param of the number of frames in the capture; undefined while it is not known. */
  show(frames: number, of: number | undefined): void
  /** Removes what is shown. */
  clear(): void
}

/** ms between two changes. */
const INTERVAL = 500
const CLEAR_LINE = '\r\u001b[K'

/** Makes a progress line; on an output that is no terminal it shows nothing. */
export function createProgress(output: Output): CaptureProgress {
  const begun = performance.now()
  let shownAt = begun
  let shown = false
  return {
    show(frames, of) {
      const now = performance.now()
      if (output.isTTY !== true || now - shownAt < INTERVAL) return
      shownAt = now
      shown = true
      output.write(`${CLEAR_LINE}${progressText(frames, of, (now - begun) / 1000)}`)
    },
    clear() {
      if (shown) output.write(CLEAR_LINE)
      shown = false
    },
  }
}
