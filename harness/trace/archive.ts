import { constants, gunzipSync } from 'node:zlib'
import { plainTrace, traceFromValue } from './json.ts'
import type { Trace } from './trace.ts'

/** What is kept of a case that passed. */
export interface PassedCase {
  readonly case: string
  /** In which of several rounds it was played, from 1. */
  readonly round: number
  /** What the implementation logged meanwhile. */
  readonly log: readonly string[]
  readonly trace: Trace
}

/** Octets of such a file once it is unpacked: a run keeps less than that. */
const MOST_UNPACKED = 1024 * 1024 * 1024

/** A case that passed as one line of JSON. */
export function passedLine({ case: id, round, log, trace }: PassedCase): string {
  // The case first: it is found by how its line begins.
  return `${JSON.stringify({ case: id, round, log, trace: plainTrace(trace) })}\n`
}

/**
 * Finds a case in a compressed file of such lines; undefined where it is not there. What a killed
 * run left half-written is passed over.
 * @param source what to call the file in messages.
 * @throws UsageError when the line is no case with a valid trace; Error when the file is not
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
