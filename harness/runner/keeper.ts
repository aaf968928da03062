import { passedLine } from '../trace/archive.ts'
import { traceToJson } from '../trace/json.ts'
import { type ReadTrace, readTrace } from '../trace/messages.ts'
import { countsOf, writePcapng } from '../trace/pcapng.ts'
import type { Trace, TraceEntry } from '../trace/trace.ts'
import type { EventOf } from './events.ts'
import type { CaseOutcome } from './play-case.ts'
import type { QueuedCase } from './pools.ts'
import { PASSED_FILE } from './result-files.ts'
import { caseFile, implementationFolder, type Store } from './store.ts'

/** The part of a result's event that says where its files are. */
export type Stored = Pick<EventOf<'scenario-finished'>, 'files' | 'frames' | 'counts'>

/**
 * Which cases get files of their own. `failed`: those that did not pass as expected; all others
 * share one compressed file. `all`: every case.
 */
export const KEEP = ['failed', 'all'] as const
export type Keep = (typeof KEEP)[number]

/** Writes the files of a run's cases, within bounds. */
export interface Keeper {
  /** Writes a case's files. @returns the fields of the event that name them. */
  keep(outcome: CaseOutcome, queued: QueuedCase, implementation: string, isUnexpected: boolean): Stored
}

/** The most octets of all files of a run's cases, unless all are to be kept. */
const MOST = 80 * 1024 * 1024
/**
 * The most octets of one case's files: `most`, or that `part` of the octets that the run has left,
 * whichever is less. If that is less than `least`, no file of the case is kept.
 */
const SHARE = { most: 8 * 1024 * 1024, part: 0.25, least: 16 * 1024 } as const
/**
 * The estimated octets that a trace entry takes in files: `entry`, and `octet` more for each octet
 * that the entry carries.
 */
const WEIGHT = { entry: 500, octet: 5 } as const

/**
 * Creates a keeper.
 * @param tell is called once, with a message for the user, when the files have reached their limit.
 */
export function createKeeper(store: Store, wanted: Keep, tell: (text: string) => void): Keeper {
  let left = wanted === 'all' ? Number.POSITIVE_INFINITY : MOST
  let told = false
  /** Violations of monitors that a kept case shows: the first case of each is kept. */
  const shown = new Set<string>()

  function spend(octets: number): void {
    left -= octets
  }

  return {
    keep(outcome, { one, round }, implementation, isUnexpected) {
      const whole = outcome.reading ?? readTrace(outcome.trace)
      const counts = countsOf(whole)
      const share = Math.min(wanted === 'all' ? left : SHARE.most, left * SHARE.part)
      if (share < SHARE.least) {
        if (!told)
          tell(
            `the traces of this run have reached the limit of ${MOST / 1024 / 1024} MB: of further cases only verdicts are kept; --keep all keeps all traces`,
          )
        told = true
        return { counts }
      }
      const reading = beginning(whole, share)
      const violations = outcome.watched.filter(({ verdict }) => verdict !== 'pass')
      const news = violations
        .map(({ monitor, requirement }) => `${implementation} ${monitor} ${requirement}`)
        .filter((name) => !shown.has(name))
      const isPlain = outcome.result.verdict === 'pass' && !isUnexpected && news.length === 0
      if (wanted === 'failed' && isPlain) {
        const file = `${implementationFolder(implementation)}/${PASSED_FILE}`
        spend(
          store.archive(file, passedLine({ case: one.id, round, log: outcome.log, trace: reading.trace })),
        )
        return { files: { trace: file }, counts }
      }
      for (const name of news) shown.add(name)
      const base = `${caseFile(implementation, one.id)}${round === 1 ? '' : `.round-${round}`}`
      const capture = writePcapng(reading)
      const frames: Record<string, number> = {}
      for (const { entry } of [...outcome.result.findings, ...violations]) {
        const frame = entry === undefined ? undefined : capture.frames.get(entry)
        if (frame !== undefined) frames[String(entry)] = frame
      }
      spend(store.write(`${base}.pcapng`, capture.octets))
      spend(store.write(`${base}.json`, traceToJson(reading)))
      if (outcome.log.length > 0) spend(store.write(`${base}.log`, `${outcome.log.join('\n')}\n`))
      return {
        files: {
          trace: `${base}.json`,
          pcapng: `${base}.pcapng`,
          ...(outcome.log.length === 0 ? {} : { log: `${base}.log` }),
        },
        frames,
        counts,
      }
    },
  }
}

/**
 * The beginning of a trace, cut where its files would take more than `most` octets. A note at its
 * end says how many entries are left out.
 */
function beginning(reading: ReadTrace, most: number): ReadTrace {
  const { entries, startedAt } = reading.trace
  let octets = 0
  const end = entries.findIndex((entry) => {
    octets += weightOf(entry)
    return octets > most
  })
  if (end === -1) return reading
  const kept: TraceEntry[] = entries.slice(0, end)
  const at = kept.at(-1)?.at ?? 0
  kept.push({ index: end, at, kind: 'note', text: `${entries.length - end} more entries are not kept` })
  const trace: Trace = { startedAt, entries: kept }
  return readTrace(trace)
}

function weightOf(entry: TraceEntry): number {
  return WEIGHT.entry + ('octets' in entry ? WEIGHT.octet * entry.octets.length : 0)
}
