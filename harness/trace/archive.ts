import { constants, gunzipSync } from 'node:zlib'
import { plainTrace, traceFromValue } from './json.ts'
import type { Trace } from './trace.ts'

/** The record that a run keeps of a case that passed. */
export interface PassedCase {
  readonly case: string
  /** The round in which it was played, counted from 1. */
  readonly round: number
  /** The lines that the implementation logged during the case. */
  readonly log: readonly string[]
  readonly trace: Trace
}

/** The most octets of an unpacked file; a run keeps less than that. */
const MOST_UNPACKED = 1024 * 1024 * 1024

/** Formats a case that passed as one line of JSON. */
export function passedLine({ case: id, round, log, trace }: PassedCase): string {
  // `case` and `round` come first: a case is found by the beginning of its line.
  return `${JSON.stringify({ case: id, round, log, trace: plainTrace(trace) })}\n`
}

/**
 * Finds a case in a compressed file of such lines; undefined when the file does not hold it. Skips
 * a line that a killed run left incomplete.
 * @param source the file's name, for error messages.
 * @throws UsageError when the line is not a case with a valid trace; Error when the file is not
 * compressed.
 */
export function findPassed(
  packed: Uint8Array,
  wanted: Pick<PassedCase, 'case' | 'round'>,
  source: string,
): PassedCase | undefined {
  const text = gunzipSync(packed, {
    finishFlush: constants.Z_SYNC_FLUSH,
    maxOutputLength: MOST_UNPACKED,
  }).toString('utf8')
  const start = `${JSON.stringify({ case: wanted.case, round: wanted.round }).slice(0, -1)},`
  const at = text.startsWith(start) ? 0 : text.indexOf(`\n${start}`) + 1
  if (!text.startsWith(start, at)) return undefined
  const end = text.indexOf('\n', at)
  if (end === -1) return undefined
  const { log, trace } = JSON.parse(text.slice(at, end)) as { log?: unknown; trace?: unknown }
  return {
    ...wanted,
    log: Array.isArray(log) ? log.map(String) : [],
    trace: traceFromValue(trace, source),
  }
}
