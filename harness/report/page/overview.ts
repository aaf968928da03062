import type { Interpretation } from '../../../suites/interpretations.ts'
import type { Catalogue } from '../../scenario/requirement.ts'
import { beforeRole } from '../../scenario/scenario.ts'
import { byGravity, VERDICTS, type Verdict } from '../../scenario/verdict.ts'
import { type CauseRow, causesIn } from '../causes.ts'
import { counted } from '../columns.ts'
import type { ImplementationTally, RunTally, ScenarioFinished } from '../tally.ts'
import { comparisonInWords, overall } from '../words.ts'
import { commandFor, inShell, showCommand } from './command.ts'
import type {
  PageCase,
  PageCause,
  PageCell,
  PageData,
  PageFinding,
  PageImplementation,
  PageReading,
  PageRequirement,
  PageRun,
  PageSuite,
  TracePlace,
} from './data.ts'
import { inertValue } from './text.ts'

/** The most cases that a cell of the matrix names. */
const MOST_NAMED = 12

/** What the page explains beside the run itself. */
export interface PageKnowledge {
  readonly requirements: Catalogue
  readonly interpretations: Readonly<Record<string, Interpretation>>
}

/** A result of a run, and its place in the page's list of cases. */
export interface NumberedResult {
  readonly event: ScenarioFinished
  /** Index of its implementation. */
  readonly implementation: number
}

/** Returns the results of a run in the order in which the page numbers them. */
export function numberedResults(run: RunTally): readonly NumberedResult[] {
  return run.implementations.flatMap(({ results, started }, implementation) => {
    const order = new Map((started?.planned ?? []).map((id, at) => [id, at]))
    const placeOf = ({ result }: ScenarioFinished) => order.get(result.scenario) ?? order.size
    return [...results]
      .sort((a, b) => placeOf(a) - placeOf(b) || (a.round ?? 1) - (b.round ?? 1))
      .map((event) => ({ event, implementation }))
  })
}

/**
 * Returns what the page shows of a run. Every text in it is inert.
 * @param places says for each of `numberedResults` where its trace is.
 */
export function pageData(run: RunTally, places: readonly TracePlace[], knowledge: PageKnowledge): PageData {
  const numbered = numberedResults(run)
  const indexes = new Map(numbered.map(({ event, implementation }, at) => [keyOf(implementation, event), at]))
  const cases = numbered.map((one, at) => pageCase(run, one, places[at] ?? 'none'))
  return inertValue({
    run: pageRun(run),
    implementations: run.implementations.map((one, at) => pageImplementation(one, at, indexes, cases)),
    suites: suitesOf(run, cases),
    requirements: requirementsOf(run, cases, knowledge),
    readings: readingsOf(cases, knowledge),
    cases,
  } satisfies PageData)
}

function keyOf(implementation: number, { result, round = 1 }: ScenarioFinished): string {
  return `${implementation} ${round} ${result.scenario}`
}

function pageRun(run: RunTally): PageRun {
  const { started, finished, notices } = run
  return {
    id: started?.run ?? 'unknown',
    harness: started?.harness ?? 'unknown',
    startedAt: timeOf(started?.at),
    finishedAt: timeOf(finished?.at),
    seed: String(started?.seed ?? 'unknown'),
    clock: started?.clock ?? 'unknown',
    command: started === undefined ? '' : inShell(['pptpspec', ...started.arguments]),
    exitCode: finished?.exitCode,
    overall: overall(run),
    isDemonstration: started?.demonstration !== undefined,
    reasons: finished?.reasons ?? [],
    incomplete: incompleteness(run),
    notices,
  }
}

/** Says why results are missing; undefined for a run that came to its end. */
function incompleteness({ started, finished, implementations }: RunTally): string | undefined {
  const missing = implementations.reduce((sum, one) => sum + one.missing.length, 0)
  const without = missing === 0 ? '' : `; ${counted(missing, 'planned case')} without a result`
  if (started === undefined) return `the events do not hold the beginning of the run${without}`
  if (finished === undefined) return `the run did not finish${without}`
  if (finished.interrupted !== undefined) return `the run was interrupted (${finished.interrupted})${without}`
  return missing === 0 ? undefined : `${counted(missing, 'planned case')} without a result`
}

function timeOf(ms: number | undefined): string {
  const time = new Date(ms ?? Number.NaN)
  return Number.isNaN(time.getTime()) ? 'unknown' : time.toISOString()
}

function pageImplementation(
  one: ImplementationTally,
  at: number,
  indexes: ReadonlyMap<string, number>,
  cases: readonly PageCase[],
): PageImplementation {
  const { started } = one
  return {
    name: one.name,
    title: started?.title ?? one.name,
    versions: Object.entries(started?.provenance.versions ?? {}).map(
      ([name, version]) => `${name} ${version}`,
    ),
    counts: one.counts,
    hasBaseline: started?.causes !== undefined,
    causes: causesIn(one).map((row) => pageCause(row, at, indexes, cases)),
    diagnoses: one.diagnoses.map(({ text, remedies }) => ({ text, remedies })),
    stale: one.stale.map(({ cause, detail }) => `${cause}: ${detail}`),
    missing: one.missing.length,
  }
}

function pageCause(
  row: CauseRow,
  implementation: number,
  indexes: ReadonlyMap<string, number>,
  cases: readonly PageCase[],
): PageCause {
  const { state, id, title, owner, effect, reason, verdict, requirements, seen, example } = row
  const at = example === undefined ? undefined : indexes.get(`${implementation} 1 ${example.case}`)
  const finding =
    at === undefined
      ? undefined
      : cases[at]?.findings.find(
          (one) => one.requirement === example?.requirement && one.seen === example.seen,
        )
  return {
    ...{ state, title, verdict, requirements, seen },
    ...(id === undefined ? {} : { id }),
    ...(owner === undefined ? {} : { owner }),
    ...(effect === undefined ? {} : { effect }),
    ...(reason === undefined ? {} : { reason }),
    cases: row.cases,
    monitors: row.monitors,
    example: at === undefined ? undefined : { case: at, entry: finding?.entry },
  }
}

function pageCase(run: RunTally, { event, implementation }: NumberedResult, trace: TracePlace): PageCase {
  const { result, comparison, watched = [], files, round } = event
  const titles = run.implementations[implementation]?.titles ?? new Map<string, string>()
  const several = run.implementations.length > 1
  return {
    implementation,
    id: result.scenario,
    round: run.started?.repeat === undefined ? undefined : round,
    topic: topicOf(result.scenario),
    verdict: result.verdict,
    isUnexpected: comparison.kind === 'unexpected',
    purpose: result.purpose,
    reason: result.reason,
    findings: [
      ...result.findings.map((finding): PageFinding => pageFinding(finding, undefined)),
      ...watched.map((finding): PageFinding => pageFinding(finding, finding.monitor)),
    ].sort(byGravity),
    comparison: comparisonInWords(comparison, titles),
    duration: result.duration,
    impairment: result.impairment,
    figures: (result.figures ?? []).map(({ name, value, unit }) => `${name}: ${value} ${unit}`),
    files: {
      ...(files === undefined ? {} : { trace: files.trace }),
      ...(files?.pcapng === undefined ? {} : { pcapng: files.pcapng }),
      ...(files?.log === undefined ? {} : { log: files.log }),
    },
    trace,
    command: commandFor(run.started, event.implementation, result.scenario, implementation),
    show: showCommand(event.implementation, result.scenario, several),
  }
}

function pageFinding(
  { requirement, verdict, expected, seen, entry, readings }: ScenarioFinished['result']['findings'][number],
  monitor: string | undefined,
): PageFinding {
  return { requirement, verdict, expected, seen, entry, readings: readings ?? [], monitor }
}

/** Returns the topic of a case: what stands before the first slash of its id. */
export function topicOf(caseId: string): string {
  return beforeRole(caseId).split(/[/#]/, 1)[0] ?? caseId
}

function noCounts(): Record<Verdict, number> {
  return Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])) as Record<Verdict, number>
}

function suitesOf(run: RunTally, cases: readonly PageCase[]): readonly PageSuite[] {
  const suites = new Map<string, Record<Verdict, number>[]>()
  for (const { topic, implementation, verdict } of cases) {
    const counts = suites.get(topic) ?? run.implementations.map(noCounts)
    suites.set(topic, counts)
    const own = counts[implementation]
    if (own !== undefined) own[verdict]++
  }
  return [...suites]
    .map(([topic, counts]) => ({ topic, counts }))
    .sort((a, b) => (a.topic < b.topic ? -1 : 1))
}

/** A cell of the matrix while it is being counted. */
interface Growing {
  verdict: 'pass' | 'warn' | 'fail'
  kept: number
  broken: number
  readonly cases: number[]
}

const GRAVITY = { pass: 0, warn: 1, fail: 2 } as const

function requirementsOf(
  run: RunTally,
  cases: readonly PageCase[],
  { requirements }: PageKnowledge,
): readonly PageRequirement[] {
  const cells = run.implementations.map(() => new Map<string, Growing>())
  const cellOf = (implementation: number, requirement: string): Growing => {
    const known = cells[implementation]?.get(requirement)
    if (known !== undefined) return known
    const made: Growing = { verdict: 'pass', kept: 0, broken: 0, cases: [] }
    cells[implementation]?.set(requirement, made)
    return made
  }
  for (const [at, { implementation, findings }] of cases.entries())
    for (const { requirement, verdict } of findings) {
      const cell = cellOf(implementation, requirement)
      if (verdict === 'pass') cell.kept++
      else {
        cell.broken++
        if (cell.cases.length < MOST_NAMED && cell.cases.at(-1) !== at) cell.cases.push(at)
      }
      if (GRAVITY[verdict] > GRAVITY[cell.verdict]) cell.verdict = verdict
    }
  // Passes of monitors are in their sums only; violations are counted above.
  for (const [at, { watched }] of run.implementations.entries())
    for (const { requirement, kept } of watched) cellOf(at, requirement).kept += kept
  const found = new Set(cells.flatMap((own) => [...own.keys()]))
  const unknown = [...found].filter((id) => !(id in requirements))
  const row = (id: string): PageRequirement => {
    const entry = Object.hasOwn(requirements, id) ? requirements[id] : undefined
    return {
      id,
      document: entry?.document ?? 'RFC 2637',
      section: entry?.section ?? id.split('/', 1)[0] ?? id,
      page: entry?.page ?? 0,
      level: entry?.level ?? 'unknown',
      binds: entry?.binds ?? [],
      roles: entry?.iut ?? ['recipient', 'originator'],
      text: entry?.text ?? 'This version does not know the requirement.',
      reading: entry?.reading,
      cells: cells.map((own): PageCell | undefined => own.get(id)),
    }
  }
  return [...Object.keys(requirements), ...unknown].map(row)
}

/** Explains the interpretations that findings or requirements of the page name. */
function readingsOf(
  cases: readonly PageCase[],
  { requirements, interpretations }: PageKnowledge,
): Readonly<Record<string, PageReading>> {
  const named = new Set([
    ...cases.flatMap(({ findings }) => findings.flatMap(({ readings }) => readings)),
    ...Object.values(requirements).flatMap(({ reading }) => (reading === undefined ? [] : [reading])),
  ])
  return Object.fromEntries(
    [...named].sort().flatMap((id) => {
      const one = Object.hasOwn(interpretations, id) ? interpretations[id] : undefined
      return one === undefined ? [] : [[id, { title: one.title, taken: one.taken, why: one.why }]]
    }),
  )
}
