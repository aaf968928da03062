import type { LogLine } from '../implementations/implementation.ts'
import { attempt, Inconclusive, type Unfinished } from '../scenario/judge.ts'
import { judgeTrace, type Monitor } from '../scenario/monitor.ts'
import type { Figure, Finding, ScenarioResult, Verdict, WatchedFinding } from '../scenario/verdict.ts'
import { gravest } from '../scenario/verdict.ts'
import type { Side, Trace } from '../trace/trace.ts'
import type { Bed } from './bed.ts'
import { diagnose, type PairDiagnosis } from './diagnosis.ts'
import type { ClientEnd, End } from './ends.ts'
import { factsOf, type HopFacts, mainConversation } from './hop-facts.ts'
import type { Interop, InteropCase, Seen } from './interop-case.ts'
import { judgeLegs } from './middlebox/legs.ts'
import { LEGS_MONITOR } from './middlebox/requirements.ts'
import { negotiationIn } from './negotiation.ts'
import { PATHS, type Path } from './paths.ts'
import { createPlacer, endAll } from './placing.ts'
import { diagnosisInWords } from './wording.ts'

/** What came of a case. */
export interface InteropOutcome {
  readonly result: ScenarioResult
  /**
   * What monitors found about either end, each beside that end; their ids begin with `client:` or
   * `server:`.
   */
  readonly watched: readonly WatchedFinding[]
  /** What passed at each hop, from the client to the server. */
  readonly hops: readonly HopFacts[]
  /** The conversation beside the client; without an entry where there was none. */
  readonly trace: Trace
  /** Frame of the capture beside the client, by trace entry. */
  readonly frames: readonly number[]
  /** What either end logged meanwhile, each line with its time in s and whose it is. */
  readonly log: readonly string[]
}

/** Who is watched in an interoperability run. */
export const WATCHED_ENDS = ['client', 'server'] as const
export type WatchedEnd = (typeof WATCHED_ENDS)[number]

/** How a monitor is called that watches one end. */
export function monitorOf(end: WatchedEnd, monitor: string): string {
  return `${end}:${monitor}`
}

/** Whether such a monitor watches that end. */
export function isAbout(end: WatchedEnd, monitor: string): boolean {
  return monitor.startsWith(`${end}:`)
}

/**
 * Plays one case on a bed that has its path and its demands. Never throws: what goes wrong is a
 * verdict.
 */
export async function playInterop(
  one: InteropCase,
  bed: Bed,
  monitors: readonly Monitor[],
): Promise<InteropOutcome> {
  const { server, watchers } = bed
  const [first, ...others] = bed.clients
  // A bed may have more: it is used for many cases.
  const clients: readonly [ClientEnd, ...ClientEnd[]] = [first, ...others.slice(0, one.clients - 1)]
  const began = Date.now()
  const everybody: readonly End[] = [...clients, server]
  const findings: Finding[] = []
  const notes: string[] = []
  const figures: Figure[] = []
  let told = false
  const stamp = () => ((Date.now() - began) / 1_000).toFixed(3)
  const note = (text: string) => void notes.push(`${stamp()} harness: ${text}`)

  async function look(): Promise<Seen> {
    await Promise.all(watchers.map((watcher) => watcher.mark()))
    return seenAt(watchers.map((watcher) => factsOf(watcher.hop, watcher.capture())))
  }

  const { place, calls } = createPlacer(one, bed, note, look)

  const logs = new Map<End, LogLine[]>()
  const logOf = (end: End): readonly LogLine[] => {
    const lines = [...(logs.get(end) ?? []), ...end.takeLog()]
    logs.set(end, lines)
    return lines
  }

  const t: Omit<Interop, 'vary'> = {
    client: clients[0],
    clients,
    server,
    path: one.path,
    decide(requirement, { ok, expected, seen, entry }) {
      findings.push({
        requirement,
        verdict: ok ? 'pass' : 'fail',
        expected,
        seen,
        ...(entry === undefined ? {} : { entry }),
      })
    },
    place,
    async placed(client = clients[0], count = 1) {
      const call = await place({ client, count })
      const { link, serverLink } = call
      if (link === undefined || serverLink === undefined) {
        const { diagnosis } = await look()
        throw new Inconclusive(`no link came up: ${diagnosis?.text ?? 'nothing that passed says why'}`)
      }
      return { ...call, link, serverLink }
    },
    seen: look,
    async between(...words) {
      note(`the router is told: ${words.join(' ')}`)
      told = true
      await bed.router?.route(words)
    },
    logged(end, pattern) {
      for (const { text } of logOf(end).toReversed()) {
        const match = pattern.exec(text)
        if (match !== null) return match
      }
      return undefined
    },
    measured: (figure) => void figures.push(figure),
    note,
  }

  for (const end of everybody) end.takeLog()
  const ended = await attempt(async () => {
    await Promise.all(clients.map((client) => client.configure(one.ppp.client)))
    await server.configure(one.ppp.server)
    await Promise.all(watchers.map((watcher) => watcher.mark()))
    for (const watcher of watchers) watcher.reset()
    await one.play(t)
  })
  const closing = await attempt(async () => {
    if (told) await bed.take(one.path, { anew: true })
    await endAll(calls, bed, note)
  })
  let seen: Seen | undefined
  const looking = await attempt(async () => {
    const found = await look()
    const missed = await Promise.all(watchers.map((watcher) => watcher.missed()))
    const hops = found.hops.map((facts, at) => ({ ...facts, missed: missed[at] ?? 0 }))
    for (const facts of hops)
      if (facts.missed > 0)
        note(
          `${facts.missed} frames are missing in the capture at ${facts.hop}: the end beside it is not judged`,
        )
    seen = { ...found, hops }
  })
  const dead = bed.death()
  const { verdict, reason } = verdictOf(findings, ended ?? closing ?? looking, seen?.diagnosis, dead)
  const hops = seen?.hops ?? []
  const near = hops[0] && mainConversation(hops[0])
  return {
    result: {
      scenario: one.id,
      purpose: one.purpose,
      verdict,
      ...(reason === undefined ? {} : { reason }),
      findings,
      ...(figures.length === 0 ? {} : { figures }),
      duration: Date.now() - began,
    },
    watched:
      verdict === 'error' ? [] : [...watchedIn(hops, monitors), ...watchedBetween(hops, PATHS[one.path])],
    hops,
    trace: near?.trace ?? { startedAt: began, entries: [] },
    frames: near?.frames ?? [],
    log: [...notes, ...everybody.flatMap((end) => logLines(logOf(end), whoIs(end, clients), began))].sort(
      byTime,
    ),
  }
}

function seenAt(hops: readonly HopFacts[]): Seen {
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
  // What is proved stays proved, although the case could not go on.
  const verdict = plain === 'inconclusive' && found === 'fail' ? 'fail' : plain
  const why = verdict === 'fail' && diagnosis !== undefined ? diagnosisInWords(diagnosis) : undefined
  const reason = why ?? failure?.reason ?? (findings.length === 0 ? 'the case decided nothing' : undefined)
  return { verdict, reason }
}

/** Each end is judged by what left it and reached it: on the hop beside it. */
function watchedIn(hops: readonly HopFacts[], monitors: readonly Monitor[]): readonly WatchedFinding[] {
  const [near, far] = [hops[0], hops.at(-1)]
  const judge = (facts: HopFacts | undefined, end: WatchedEnd, side: Side) =>
    // A packet that is not in the capture may be the one that makes all of it right.
    (facts === undefined || facts.missed > 0 ? [] : facts.conversations).flatMap(({ reading }) =>
      judgeTrace(reading, side, monitors).map((finding) => ({
        ...finding,
        monitor: monitorOf(end, finding.monitor),
      })),
    )
  return [...judge(near, 'client', 'tester'), ...judge(far, 'server', 'iut')]
}

/** What the two legs of the router show of it, on paths on which it is to let calls through. */
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

function logLines(lines: readonly LogLine[], who: string, began: number): readonly string[] {
  return lines.map(({ at, text }) => `${((at - began) / 1_000).toFixed(3)} ${who}: ${text}`)
}

function byTime(a: string, b: string): number {
  return Number.parseFloat(a) - Number.parseFloat(b)
}
