import type { Keep, Stored } from '../runner/keeper.ts'
import { PASSED_FILE } from '../runner/result-files.ts'
import { caseFile, implementationFolder, type Store } from '../runner/store.ts'
import { passedLine } from '../trace/archive.ts'
import { traceToJson } from '../trace/json.ts'
import { readTrace } from '../trace/messages.ts'
import { countsOf } from '../trace/pcapng.ts'
import type { Trace } from '../trace/trace.ts'
import type { InteropOutcome } from './case-play.ts'
import { isAbout } from './play.ts'

/**
 * Entries of a trace that are kept as JSON at most: a bulk transfer has tens of thousands, and the
 * captures hold them all.
 */
const MOST_ENTRIES = 5_000
/** Octets of the largest capture that is kept, unless `keep` is `all`. */
const MOST_CAPTURED = 8 * 1024 * 1024

/** Writes the files of a case: a capture of each hop, the trace beside the client, and the logs. */
export function keepOutcome(
  store: Store,
  keep: Keep,
  pair: string,
  id: string,
  { result, watched, hops, trace, frames, log }: InteropOutcome,
  isUnexpected: boolean,
): Stored {
  const counts = countsOf(readTrace(trace))
  const short = beginningOf(trace)
  if (keep === 'failed' && result.verdict === 'pass' && !isUnexpected) {
    const file = `${implementationFolder(pair)}/${PASSED_FILE}`
    store.archive(file, passedLine({ case: id, round: 1, log, trace: short }))
    return { files: { trace: file }, counts }
  }
  const base = caseFile(pair, id)
  store.write(`${base}.json`, traceToJson(readTrace(short)))
  if (log.length > 0) store.write(`${base}.log`, `${log.join('\n')}\n`)
  for (const { hop, capture } of hops)
    if (capture.length > 0 && (keep === 'all' || capture.length <= MOST_CAPTURED))
      store.write(`${base}.${hop}.pcap`, capture)
  // Findings about the server refer to the trace beside the server.
  const beside = [...result.findings, ...watched.filter(({ monitor }) => isAbout('client', monitor))]
  const shown = beside.flatMap(({ entry }) => {
    const frame = entry === undefined ? undefined : frames[entry]
    return frame === undefined ? [] : [[String(entry), frame] as const]
  })
  const near = hops[0]
  return {
    files: {
      trace: `${base}.json`,
      ...(near === undefined || near.capture.length === 0 ? {} : { pcapng: `${base}.${near.hop}.pcap` }),
      ...(log.length === 0 ? {} : { log: `${base}.log` }),
    },
    frames: Object.fromEntries(shown),
    counts,
  }
}

function beginningOf(trace: Trace): Trace {
  const { entries } = trace
  if (entries.length <= MOST_ENTRIES) return trace
  const kept = entries.slice(0, MOST_ENTRIES)
  const text = `${entries.length - MOST_ENTRIES} more entries are not kept here`
  return {
    ...trace,
    entries: [...kept, { index: MOST_ENTRIES, at: kept.at(-1)?.at ?? 0, kind: 'note', text }],
  }
}
