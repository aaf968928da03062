import type { LogLine } from '../implementations/implementation.ts'
import { Inconclusive, type Unfinished } from '../scenario/judge.ts'
import { judgeTrace, type Monitor } from '../scenario/monitor.ts'
import { type Finding, gravest, type Verdict, type WatchedFinding } from '../scenario/verdict.ts'
import type { Side } from '../trace/trace.ts'
import type { Bed } from './bed.ts'
import {
  addNote,
  beginRecord,
  type CaseRecord,
  findingOf,
  type InteropOutcome,
  logLine,
  lookAt,
  outcomeOf,
  playParts,
} from './case-play.ts'
import { diagnose, type PairDiagnosis } from './diagnosis.ts'
import type { ClientEnd, End } from './ends.ts'
import { type HopFacts, mainConversation } from './hop-facts.ts'
import type { HopsSeen, Interop, InteropCase } from './interop-case.ts'
import { judgeLegs } from './middlebox/legs.ts'
import { LEGS_MONITOR } from './middlebox/requirements.ts'
import { negotiationIn } from './negotiation.ts'
import { PATHS, type Path } from './paths.ts'
import { createPlacer, endAll, type Placer } from './placing.ts'
import { diagnosisInWords } from './wording.ts'

/** The ends that monitors judge in an interoperability run. */
export const WATCHED_ENDS = ['client', 'server'] as const
export type WatchedEnd = (typeof WATCHED_ENDS)[number]

/** Returns the id of a monitor for one end: `client:call-ids`. */
export function monitorOf(end: WatchedEnd, monitor: string): string {
  return `${end}:${monitor}`
}

/** Whether a monitor id is that of a monitor for the end. */
export function isAbout(end: WatchedEnd, monitor: string): boolean {
  return monitor.startsWith(`${end}:`)
}

/** The state of a case on its bed. */
interface CaseOnBed {
  readonly one: InteropCase
  readonly bed: Bed
  /** The clients of the bed that take part. */
  readonly clients: readonly [ClientEnd, ...ClientEnd[]]
  readonly record: CaseRecord
  readonly placer: Placer
  /** The lines that each end has logged so far. */
  readonly logs: Map<End, LogLine[]>
  /** Whether the case gave the router commands beyond those of the path. */
  routerTold: boolean
}

/**
 * Plays one case on a bed, with the path and the demands of the case. Never throws: an error
 * becomes a verdict.
 */
export async function playInterop(
  one: InteropCase,
  bed: Bed,
  monitors: readonly Monitor[],
): Promise<InteropOutcome> {
  const { server, watchers } = bed
  const [first, ...others] = bed.clients
  const record = beginRecord()
  const note = (text: string) => addNote(record, text)
  const look = async () => seenAt(await lookAt(watchers))
  const state: CaseOnBed = {
    one,
    bed,
    // A bed may have more clients: it is used for many cases.
    clients: [first, ...others.slice(0, one.clients - 1)],
    record,
    placer: createPlacer(one, bed, note, look),
    logs: new Map(),
    routerTold: false,
  }
  const { clients } = state
  const ends: readonly End[] = [...clients, server]
  for (const end of ends) end.takeLog()
  const { hops, reading, failure } = await playParts(
    {
      watchers,
      async prepare() {
        await Promise.all(clients.map((client) => client.configure(one.ppp.client)))
        await server.configure(one.ppp.server)
      },
      play: () => one.play(toolsOf(state, look)),
      async end() {
        if (state.routerTold) await bed.take(one.path, { anew: true })
        await endAll(state.placer.calls, bed, note)
      },
      withoutFrames: 'the end beside it is not judged',
      read: seenAt,
    },
    record,
  )
  const judged = verdictOf(record.findings, failure, reading?.diagnosis, bed.death())
  const { verdict } = judged
  const logged = ends.flatMap((end) =>
    logOf(state, end).map(({ at, text }) => logLine(record.began, at, whoIs(end, clients), text)),
  )
  return outcomeOf(one, record, judged, hops[0] && mainConversation(hops[0]), {
    watched:
      verdict === 'error' ? [] : [...watchedIn(hops, monitors), ...watchedBetween(hops, PATHS[one.path])],
    hops,
    log: [...record.notes, ...logged].sort(byTime),
  })
}

/** Makes the tools of the case's body. */
function toolsOf(state: CaseOnBed, look: () => Promise<HopsSeen>): Omit<Interop, 'vary'> {
  const { one, bed, clients, record, placer } = state
  const { place } = placer
  const note = (text: string) => addNote(record, text)
  return {
    client: clients[0],
    clients,
    server: bed.server,
    path: one.path,
    decide: (requirement, judgement) => void record.findings.push(findingOf(requirement, judgement, 'fail')),
    place,
    async placed(client = clients[0], count = 1) {
      const call = await place({ client, count })
      const { link, serverLink } = call
      if (link === undefined || serverLink === undefined) {
        const { diagnosis } = await look()
        throw new Inconclusive(`no link came up: ${diagnosis?.text ?? 'the captures do not show why'}`)
      }
      return { ...call, link, serverLink }
    },
    seen: look,
    async between(...words) {
      note(`the router is told: ${words.join(' ')}`)
      state.routerTold = true
      await bed.router?.route(words)
    },
    logged: (end, pattern) => newestMatch(logOf(state, end), pattern),
    measured: (figure) => void record.figures.push(figure),
    note,
  }
}

/** Returns all lines that an end has logged since the case began. */
function logOf({ logs }: CaseOnBed, end: End): readonly LogLine[] {
  const lines = [...(logs.get(end) ?? []), ...end.takeLog()]
  logs.set(end, lines)
  return lines
}

function newestMatch(lines: readonly LogLine[], pattern: RegExp): RegExpExecArray | undefined {
  for (const { text } of lines.toReversed()) {
    const match = pattern.exec(text)
    if (match !== null) return match
  }
  return undefined
}

function seenAt(hops: readonly HopFacts[]): HopsSeen {
  const conversation = hops[0] && mainConversation(hops[0])
  return {
    hops,
    negotiation: conversation && negotiationIn(conversation.reading),
    diagnosis: diagnose(hops),
  }
}

function verdictOf(
  findings: readonly Finding[],
  failure: Unfinished | undefined,
  diagnosis: PairDiagnosis | undefined,
  dead: string | undefined,
): { readonly verdict: Verdict; readonly reason: string | undefined } {
  const found = gravest(findings.map(({ verdict }) => verdict))
  const plain: Verdict = failure?.verdict ?? found ?? 'error'
  if (dead !== undefined)
    return { verdict: found === 'fail' ? 'fail' : 'inconclusive', reason: `an implementation died: ${dead}` }
  // A proved violation stays a failure although the case could not go on.
  const verdict = plain === 'inconclusive' && found === 'fail' ? 'fail' : plain
  const why = verdict === 'fail' && diagnosis !== undefined ? diagnosisInWords(diagnosis) : undefined
  const reason = why ?? failure?.reason ?? (findings.length === 0 ? 'the case decided nothing' : undefined)
  return { verdict, reason }
}

/** Lets the monitors judge each end by the capture beside that end. */
function watchedIn(hops: readonly HopFacts[], monitors: readonly Monitor[]): readonly WatchedFinding[] {
  const [near, far] = [hops[0], hops.at(-1)]
  const judge = (facts: HopFacts | undefined, end: WatchedEnd, side: Side) =>
    // If the capture lacks a packet, correct behaviour may look wrong.
    (facts === undefined || facts.missed > 0 ? [] : facts.conversations).flatMap(({ reading }) =>
      judgeTrace(reading, side, monitors).map((finding) => ({
        ...finding,
        monitor: monitorOf(end, finding.monitor),
      })),
    )
  return [...judge(near, 'client', 'tester'), ...judge(far, 'server', 'iut')]
}

/** Findings about the router from its two legs, on paths that let calls through. */
function watchedBetween(hops: readonly HopFacts[], { routes, breaks }: Path): readonly WatchedFinding[] {
  const [inner, outer] = ['inner', 'outer'].map((name) => hops.find(({ hop }) => hop === name))
  if (routes === undefined || breaks === true || inner === undefined || outer === undefined) return []
  if (inner.missed > 0 || outer.missed > 0) return []
  const leg = ({ hop, conversations }: HopFacts) => ({ name: hop, conversations })
  return judgeLegs(leg(inner), leg(outer)).map(({ requirement, ok, expected, seen }) => ({
    monitor: LEGS_MONITOR,
    requirement,
    verdict: ok ? 'pass' : 'fail',
    expected,
    seen,
  }))
}

function whoIs(end: End, clients: readonly ClientEnd[]): string {
  const which = clients.indexOf(end as ClientEnd)
  return which === -1 ? 'server' : clients.length === 1 ? 'client' : `client ${which + 1}`
}

function byTime(a: string, b: string): number {
  return Number.parseFloat(a) - Number.parseFloat(b)
}
