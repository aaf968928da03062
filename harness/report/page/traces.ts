import { lstatSync, realpathSync } from 'node:fs'
import { extname, isAbsolute, join, sep } from 'node:path'
import { deflateRawSync } from 'node:zlib'
import { readNamedText } from '../../files/named-file.ts'
import { plainTrace, traceFromJson } from '../../trace/json.ts'
import type { Trace } from '../../trace/trace.ts'
import type { LogLine, PageTrace, PlainEntry, TracePlace } from './data.ts'
import type { NumberedResult } from './overview.ts'
import { inert, inertValue } from './text.ts'

/** The traces that a run kept, read from its files and packed for the page. */

/** The most characters of all packed traces: the page is to stay below 15 MB. */
const MOST_PACKED = 10 * 1024 * 1024
/** The most octets of a trace file that is read; a run writes at most 8 MB for a case. */
const MOST_READ = 64 * 1024 * 1024
/** The most trace entries, and lines of a log, of one case in the page. */
const MOST_ENTRIES = 20_000
const MOST_LINES = 2_000
/** The most characters of one log line in the page. */
const LONGEST_LINE = 500

/** Where each trace is, and those that the page holds, by the index of their case. */
export interface PackedTraces {
  readonly places: readonly TracePlace[]
  readonly packed: ReadonlyMap<number, string>
}

/**
 * Reads and packs the traces that cases have in files of their own. Those of cases that did not
 * pass come first, in case there is no room for all.
 * @param directory holds the results.
 */
export function packTraces(results: readonly NumberedResult[], directory: string): PackedTraces {
  const places: TracePlace[] = results.map(({ event }) => (event.files === undefined ? 'none' : 'kept'))
  const packed = new Map<number, string>()
  let left = MOST_PACKED
  for (const at of gravestFirst(results)) {
    const { files } = results[at]?.event ?? {}
    if (files === undefined || !files.trace.endsWith('.json')) continue
    if (left <= 0) {
      places[at] = 'left-out'
      continue
    }
    const text = packedFile(files, directory)
    const isRoom = text !== undefined && text.length <= left
    places[at] = text === undefined ? 'unreadable' : isRoom ? 'embedded' : 'left-out'
    if (text === undefined || !isRoom) continue
    left -= text.length
    packed.set(at, text)
  }
  return { places, packed }
}

function gravestFirst(results: readonly NumberedResult[]): readonly number[] {
  const rank = ({ event: { result, comparison } }: NumberedResult) =>
    comparison.kind === 'unexpected' ? 0 : result.verdict === 'pass' || result.verdict === 'skip' ? 2 : 1
  return results
    .map((one, at) => ({ at, rank: rank(one) }))
    .sort((a, b) => a.rank - b.rank || a.at - b.at)
    .map(({ at }) => at)
}

/**
 * Reads one trace and its log. Undefined when the file is gone, damaged, or not below `directory`.
 */
function packedFile(
  files: { readonly trace: string; readonly log?: string | undefined },
  directory: string,
): string | undefined {
  try {
    const trace = traceFromJson(textOf(directory, files.trace), files.trace)
    const log = files.log === undefined ? '' : textOf(directory, files.log)
    return packed(pageTrace(trace, log))
  } catch {
    return undefined
  }
}

/** Reads a file that events name. They may name any file, so only those of the results are read. */
function textOf(directory: string, name: string): string {
  const root = realpathSync(directory)
  const file = realpathSync(join(root, name))
  const isOwn = !isAbsolute(name) && ['.json', '.log'].includes(extname(name)) && file.startsWith(root + sep)
  if (!isOwn || lstatSync(file).size > MOST_READ) throw new Error(`${name} is not a file of these results`)
  return readNamedText(file, { remedy: 'Name a results directory' })
}

/** Returns what the page holds of a trace. Every text in it is inert. */
export function pageTrace(trace: Trace, log: string): PageTrace {
  const { entries } = plainTrace({ ...trace, entries: trace.entries.slice(0, MOST_ENTRIES) }) as {
    readonly entries: readonly PlainEntry[]
  }
  const rest = trace.entries.length - entries.length
  const note: PlainEntry = {
    index: entries.length,
    at: entries.at(-1)?.at ?? 0,
    kind: 'note',
    text: `${rest} more entries are in the trace, but not on this page`,
  }
  return {
    startedAt: trace.startedAt,
    entries: inertEntries(rest === 0 ? entries : [...entries, note]),
    log: logLines(log),
  }
}

/** Only some fields are free text, and the octets of a packet are hexadecimal already. */
function inertEntries(entries: readonly PlainEntry[]): readonly PlainEntry[] {
  return entries.map((entry) => {
    switch (entry.kind) {
      case 'tcp-data':
        return entry
      case 'gre':
        return { ...entry, tester: inert(entry.tester), iut: inert(entry.iut) }
      default:
        return inertValue(entry)
    }
  })
}

/** Splits a log into lines. Those that a run keeps begin with the s since the trace began. */
export function logLines(log: string): readonly LogLine[] {
  const lines = log.split('\n').filter((line) => line.trim() !== '')
  const shown = lines.slice(0, MOST_LINES).map((line): LogLine => {
    const [, seconds, rest] = /^(\d{1,7}\.\d{3}) (.*)$/s.exec(line) ?? []
    return seconds === undefined
      ? { at: undefined, text: inert(line, LONGEST_LINE) }
      : { at: Number(seconds) * 1000, text: inert(rest ?? '', LONGEST_LINE) }
  })
  const left = lines.length - shown.length
  return left === 0 ? shown : [...shown, { at: undefined, text: `${left} more lines are in the log file` }]
}

/** Packs a trace: its JSON, compressed, in base64. The page unpacks it when the case is opened. */
export function packed(trace: PageTrace): string {
  return deflateRawSync(JSON.stringify(trace), { level: 6 }).toString('base64')
}
