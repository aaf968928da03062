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
 * `failed`: files of its own for each case that did not simply pass, and one compressed file for
 * all that did. `all`: files for every case.
 */
export const KEEP = ['failed', 'all'] as const
export type Keep = (typeof KEEP)[number]

/** Writes the files of a run's cases, within bounds. */
export interface Keeper {
  /** Writes a case's files. @returns the fields of the event that name them. */
  keep(outcome: CaseOutcome, queued: QueuedCase, implementation: string, isUnexpected: boolean): Stored
}

/** Octets that the files of a run's cases may take, unless all are to be kept. */
const MOST = 80 * 1024 * 1024
/**
 * How many octets one case may take: at most `most`, and at most that `part` of the octets that are
 * left of the run's. If that is less than `least`, no file of the case is kept.
 */
const SHARE = { most: 8 * 1024 * 1024, part: 0.25, least: 16 * 1024 } as const
/**
 * Estimates how many octets of files an entry of a trace takes: `entry`, and `octet` more for each
 * octet that it carries.
 */
const WEIGHT = { entry: 500, octet: 5 } as const

/** @param tell is called once, when the run may keep no more. */
export function createKeeper(store: Store, wanted: Keep, tell: (text: string) => void): Keeper {
  let left = wanted === 'all' ? Number.POSITIVE_INFINITY : MOST
  let told = false
  /** Violations of monitors in cases whose files are kept, so that each has one case to open. */
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
            `${MOST / 1024 / 1024} MB of traces are kept, as much as a run may leave: of further cases only verdicts are; --keep all keeps all`,
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
