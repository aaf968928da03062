import type { Clock } from '../network/network.ts'
import type { Ends } from './impaired-path.ts'
import type { Side, TraceEntry, TraceStep } from './trace.ts'

/** A trace while it is recorded. */

/** How much one trace may hold: a peer that floods us must not take the harness down. */
export interface TraceLimits {
  readonly entries: number
  /** Octets of TCP data and GRE packets together. */
  readonly octets: number
}

/** The limits unless others are asked for. */
export const TRACE_LIMITS: TraceLimits = { entries: 20_000, octets: 16 * 1024 * 1024 }

/** Longest note kept, in characters. */
const TEXT_LIMIT = 2000

/** What was recorded so far. */
export interface Recording {
  readonly clock: Clock
  /** Of the clock, when the trace began. */
  readonly zero: number
  readonly limits: TraceLimits
  readonly entries: TraceEntry[]
  /** Octets of TCP data and GRE packets. */
  octets: number
  /** The number of the latest TCP connection. */
  connections: number
  /** Connections that are not over. */
  readonly open: Set<{ reset(detail: string): void }>
  /** Why nothing more is recorded; undefined while there is room. */
  overflow: string | undefined
  /** Why what was recorded is not all that came; undefined while it is. */
  lost: string | undefined
}

/** An empty recording that begins now. */
export function createRecording(clock: Clock, limits: TraceLimits): Recording {
  return {
    clock,
    zero: clock.now(),
    limits,
    entries: [],
    octets: 0,
    connections: 0,
    open: new Set(),
    overflow: undefined,
    lost: undefined,
  }
}

function append(recording: Recording, step: TraceStep): TraceEntry {
  const { entries, clock, zero } = recording
  const at = Math.max(0, clock.now() - zero)
  const entry: TraceEntry = { index: entries.length, at, ...step }
  entries.push(entry)
  return entry
}

/** Records a step, or nothing once the trace is full; the limit may be met by this very step. */
export function record(recording: Recording, step: TraceStep): TraceEntry | undefined {
  return makeRoom(recording, 'octets' in step ? step.octets.length : 0) ? append(recording, step) : undefined
}

/**
 * Records a GRE packet as `record` does; an object made in one piece costs a third of one with
 * others spread into it.
 */
export function recordGre(
  recording: Recording,
  from: Side,
  { tester, iut }: Ends,
  packet: Uint8Array,
): TraceEntry | undefined {
  if (!makeRoom(recording, packet.length)) return undefined
  const { entries, clock, zero } = recording
  const at = Math.max(0, clock.now() - zero)
  const entry: TraceEntry = { index: entries.length, at, kind: 'gre', from, tester, iut, octets: packet }
  entries.push(entry)
  return entry
}

/** Puts another step in an entry's place. */
export function amend({ entries }: Recording, index: number, step: TraceStep): void {
  const entry = entries[index]
  if (entry !== undefined) entries[index] = { index, at: entry.at, ...step }
}

/**
 * Whether an entry with that many octets still fits. The trace is full from the first on that does
 * not.
 */
function makeRoom(recording: Recording, size: number): boolean {
  if (recording.overflow !== undefined) return false
  const { entries, limits, open } = recording
  if (entries.length < limits.entries && recording.octets + size <= limits.octets) {
    recording.octets += size
    return true
  }
  const overflow = `the trace is full: ${entries.length} entries, ${recording.octets} octets`
  recording.overflow = overflow
  append(recording, {
    kind: 'note',
    text: `${overflow}; connections were reset and nothing more is recorded`,
  })
  for (const connection of [...open]) connection.reset('the trace is full')
  return false
}

/** Records a line of text, cut at 2,000 characters. */
export function note(recording: Recording, line: string): TraceEntry {
  const text = line.length > TEXT_LIMIT ? `${line.slice(0, TEXT_LIMIT)}…` : line
  // The last is unreachable: a full trace has at least the note that says so.
  return (
    record(recording, { kind: 'note', text }) ??
    recording.entries.at(-1) ?? { index: 0, at: 0, kind: 'note', text }
  )
}
