import type { Clock } from '../network/network.ts'
import type { Ends } from './impaired-path.ts'
import type { Side, TraceEntry, TraceStep } from './trace.ts'

/** Holds a trace while it is recorded. */

/**
 * The limits of one trace, so that a peer that floods the tester cannot exhaust the harness's
 * memory.
 */
export interface TraceLimits {
  readonly entries: number
  /** Octets of TCP data and GRE packets together. */
  readonly octets: number
}

/** The default limits. */
export const TRACE_LIMITS: TraceLimits = { entries: 20_000, octets: 16 * 1024 * 1024 }

/** The longest note, in characters. */
const TEXT_LIMIT = 2000

/** The state of a recording. */
export interface Recording {
  readonly clock: Clock
  /** The clock's time in ms at which the trace began. */
  readonly zero: number
  readonly limits: TraceLimits
  readonly entries: TraceEntry[]
  /** The number of octets of TCP data and GRE packets so far. */
  octets: number
  /** The number of the latest TCP connection. */
  connections: number
  /** Connections that are still open. */
  readonly open: Set<{ reset(detail: string): void }>
  /** The reason why nothing more is recorded; undefined while there is room. */
  overflow: string | undefined
  /** The reason why packets are missing in the trace; undefined while none are. */
  lost: string | undefined
}

/** Creates an empty recording that begins now. */
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

/**
 * Records a step; returns undefined when the trace is full. This step may be the one that fills it.
 */
export function record(recording: Recording, step: TraceStep): TraceEntry | undefined {
  return makeRoom(recording, 'octets' in step ? step.octets.length : 0) ? append(recording, step) : undefined
}

/**
 * Records a GRE packet like `record`. It builds the entry as one object literal, which costs a
 * third of spreading a step into it.
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

/** Replaces the step of an entry. */
export function amend({ entries }: Recording, index: number, step: TraceStep): void {
  const entry = entries[index]
  if (entry !== undefined) entries[index] = { index, at: entry.at, ...step }
}

/**
 * Whether an entry with `size` octets still fits. From the first entry on that does not, the trace
 * is full.
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
  // The last alternative is unreachable: a full trace has at least the note that it is full.
  return (
    record(recording, { kind: 'note', text }) ??
    recording.entries.at(-1) ?? { index: 0, at: 0, kind: 'note', text }
  )
}
