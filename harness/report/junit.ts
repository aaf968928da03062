import junitReportBuilder, { type Builder, type TestCase, type TestSuite } from 'junit-report-builder'
import { printable } from '../protocol/octets.ts'
import type { Comparison, WatchedSum } from '../runner/events.ts'
import { byGravity } from '../scenario/verdict.ts'
import {
  deviationsOf,
  frameOf,
  type ImplementationTally,
  type RunTally,
  type ScenarioFinished,
} from './tally.ts'
import { comparisonInWords, overall } from './words.ts'

// The types describe the CommonJS module; in an ES module the import is the builder itself.
const builder = junitReportBuilder as unknown as Builder

/** Longest text copied from a result, in characters. */
const LIMIT = 1000

/**
 * Writes a run as JUnit XML: a suite for each implementation; in it a class for each folder of
 * scenarios, and one for the monitors, with a test case for each monitor and requirement.
 *
 * The XML agrees with the exit code: a CI job that reads it is green exactly when the run is as the
 * baseline expects.
 *
 * | result | in JUnit |
 * | --- | --- |
 * | pass, or warn without a baseline | passes |
 * | any deviation that the baseline expects | passes, with the properties `verdict` and `cause` |
 * | fail or warn that the baseline does not expect | `<failure type="requirement id">` |
 * | pass where the baseline expects something else; a stale cause | `<failure type="baseline">` |
 * | fail without a baseline | `<failure type="requirement id">` |
 * | error, inconclusive | `<error type="error">`, `<error type="inconclusive">`: not the implementation's failure |
 * | skip | `<skipped message="reason">` |
 * | a requirement that a monitor found broken | `<failure>` unless the baseline expects it |
 * | something that differs from round to round | `<failure type="unstable">` |
 * | planned and never finished | `<error type="not-run">` |
 * | another exit code than 0, or none, without any of the above | a test case `run` of its own, `<error type="run">` with the reasons |
 *
 * Text of the implementation is escaped to printable ASCII first, because most control characters
 * cannot be written in XML.
 */
export function junitXml(run: RunTally): string {
  const report = builder.newBuilder().name(`pptpspec ${printable(run.started?.run ?? '')}`.trim())
  const red = run.implementations.map((one) => addSuite(report.testSuite(), one, run))
  if (!red.includes(true) && run.finished?.exitCode !== 0) addRun(report.testSuite(), run)
  return report.build()
}

/**
 * Adds failures outside of scenarios: an implementation that did not start, an interruption between
 * two scenarios, a smoke scenario that failed at the end.
 */
function addRun(suite: TestSuite, run: RunTally): void {
  suite.name('run')
  addConditions(suite, run)
  const reasons = (run.finished?.reasons ?? []).map((reason) => printable(reason, LIMIT))
  suite
    .testCase()
    .className('run')
    .name('run')
    .error(overall(run), 'run', asCdata(reasons.join('\n')))
}

/** Adds the results of an implementation. @returns whether one of them is a failure or error. */
function addSuite(suite: TestSuite, implementation: ImplementationTally, run: RunTally): boolean {
  const { name, started, results } = implementation
  suite.name(printable(name))
  suite.time(seconds(results.reduce((sum, event) => sum + event.result.duration, 0)))
  if (started !== undefined) {
    suite.timestamp(new Date(started.at).toISOString())
    suite.property('title', printable(started.title))
    suite.property('engine', printable(started.provenance.engine))
    if (started.provenance.image !== undefined)
      suite.property('image', printable(started.provenance.image, LIMIT))
    for (const [software, version] of Object.entries(started.provenance.versions))
      suite.property(`version ${printable(software)}`, printable(version))
  }
  addConditions(suite, run)
  const { missing, stale, titles, watched, unstable } = implementation
  const red = [
    ...results.map((event) => {
      const prefix = event.round === undefined ? '' : `round ${event.round}: `
      return addResult(addCase(suite, name, event.result.scenario, prefix), event, titles)
    }),
    ...watched.map((sum) => addSum(suite, name, sum, titles)),
  ]
  for (const scenario of missing)
    addCase(suite, name, scenario).error('planned and never finished', 'not-run')
  for (const { cause, detail } of stale)
    addNamed(suite, [name, 'baseline'], `stale cause: ${cause}`).failure(printable(detail, LIMIT), 'baseline')
  const { cases = [], monitors = [], causes = [] } = unstable ?? {}
  const differing = [
    ...cases.map((id) => `case ${id}`),
    ...monitors.map((id) => `monitor ${id}`),
    ...causes.map((id) => `cause ${id}`),
  ]
  for (const text of differing)
    addNamed(suite, [name, 'unstable'], text).failure('it differs from round to round', 'unstable')
  return red.includes(true) || missing.length + stale.length + differing.length > 0
}

/** Adds the sum of one monitor and requirement. @returns whether it is a failure. */
function addSum(
  suite: TestSuite,
  implementation: string,
  sum: WatchedSum & { readonly round?: number | undefined },
  titles: ReadonlyMap<string, string>,
): boolean {
  const { monitor, requirement, verdict, kept, broken, first, comparison, round } = sum
  const prefix = round === undefined ? '' : `round ${round}: `
  const testCase = addNamed(suite, [implementation, 'monitors'], `${prefix}${monitor} ${requirement}`)
    .property('verdict', verdict)
    .property('kept', String(kept))
    .property('broken', String(broken))
  if (first === undefined) return false
  addCauses(testCase, comparison)
  const { expected, seen } = first.finding
  const details = asCdata(
    [
      `broken in ${broken} of ${kept + broken} cases, first in ${printable(first.case, LIMIT)}`,
      `  expected: ${printable(expected, LIMIT)}`,
      `  seen: ${printable(seen, LIMIT)}`,
      ...(first.frame === undefined ? [] : [`  capture: frame ${first.frame}`]),
      `baseline: ${printable(comparisonInWords(comparison, titles), LIMIT)}`,
    ].join('\n'),
  )
  if (comparison.kind === 'as-expected' || (comparison.kind === 'no-baseline' && verdict === 'warn')) {
    testCase.standardOutput(details)
    return false
  }
  testCase.failure(
    `expected ${printable(expected, LIMIT)}; seen ${printable(seen, LIMIT)}`,
    printable(requirement),
  )
  testCase.stacktrace(details)
  return true
}

/** Adds the causes with which the baseline explains a result. */
function addCauses(testCase: TestCase, comparison: Comparison): void {
  if (comparison.kind !== 'as-expected') return
  for (const { cause } of comparison.causes) testCase.property('cause', printable(cause))
}

/** Adds the properties of the whole run. */
function addConditions(suite: TestSuite, run: RunTally): void {
  if (run.started !== undefined) {
    suite.property('harness', printable(run.started.harness))
    suite.property('seed', String(run.started.seed))
    suite.property('clock', run.started.clock)
    if (run.started.impairment !== undefined)
      suite.property('impairment', JSON.stringify(run.started.impairment))
  }
  suite.property('result', overall(run))
}

/** Adds a test case of the class `implementation.folder.folder`, by which test viewers group. */
function addCase(suite: TestSuite, implementation: string, scenario: string, prefix = ''): TestCase {
  // A variation may hold slashes; only the part before `#` is a path.
  const folders = (scenario.split('#')[0] ?? '').split('/').slice(0, -1)
  return addNamed(suite, [implementation, ...folders], `${prefix}${scenario}`)
}

function addNamed(suite: TestSuite, classNames: readonly string[], name: string): TestCase {
  return suite.testCase().className(className(classNames)).name(printable(name, LIMIT))
}

function className(parts: readonly string[]): string {
  return parts.map((part) => printable(part).replaceAll('.', '_')).join('.')
}

/** Adds the result of a scenario to a test case. @returns whether it is a failure or error. */
function addResult(
  testCase: TestCase,
  event: ScenarioFinished,
  titles: ReadonlyMap<string, string>,
): boolean {
  const { result, comparison, files } = event
  const { verdict } = result
  testCase.time(seconds(result.duration)).property('verdict', verdict)
  testCase.property('purpose', printable(result.purpose, LIMIT))
  if (files?.pcapng !== undefined) testCase.property('capture', printable(files.pcapng, LIMIT))
  addCauses(testCase, comparison)
  const details = detailsOf(event, titles)

  if (comparison.kind !== 'unexpected' && verdict === 'skip') {
    skip(testCase, result.reason)
    return false
  }
  const passes =
    comparison.kind === 'as-expected' ||
    (comparison.kind === 'no-baseline' && (verdict === 'pass' || verdict === 'warn'))
  if (passes) {
    if (details !== '') testCase.standardOutput(details)
    return false
  }
  if (verdict === 'error' || verdict === 'inconclusive') {
    testCase.error(printable(result.reason ?? verdict, LIMIT), verdict, details)
    return true
  }
  // Of several deviations, the gravest unexpected one.
  const [gravest] = deviationsOf(event)
    .filter(({ requirement }) => comparison.kind !== 'unexpected' || comparison.fresh.includes(requirement))
    .sort(byGravity)
  if (gravest === undefined)
    testCase.failure(printable(comparisonInWords(comparison, titles), LIMIT), 'baseline')
  else
    testCase.failure(
      `expected ${printable(gravest.expected, LIMIT)}; seen ${printable(gravest.seen, LIMIT)}`,
      printable(gravest.requirement),
    )
  if (details !== '') testCase.stacktrace(details)
  return true
}

/** Describes all violations of a case, and what the baseline expects. */
function detailsOf(event: ScenarioFinished, titles: ReadonlyMap<string, string>): string {
  const { result, comparison, files } = event
  const lines: string[] = []
  if (result.reason !== undefined) lines.push(`reason: ${printable(result.reason, LIMIT)}`)
  for (const finding of deviationsOf(event)) {
    const frame = frameOf(event, finding)
    lines.push(
      `${finding.verdict}: ${printable(finding.requirement)}`,
      `  expected: ${printable(finding.expected, LIMIT)}`,
      `  seen: ${printable(finding.seen, LIMIT)}`,
    )
    if (files?.pcapng !== undefined)
      lines.push(
        `  capture: ${frame === undefined ? '' : `frame ${frame} of `}${printable(files.pcapng, LIMIT)}`,
      )
  }
  if (result.impairment !== undefined) lines.push(`impaired: ${printable(result.impairment, LIMIT)}`)
  if (lines.length > 0 || comparison.kind === 'unexpected')
    lines.push(`baseline: ${printable(comparisonInWords(comparison, titles), LIMIT)}`)
  return asCdata(lines.join('\n'))
}

/**
 * Breaks the end marks of CDATA in text: the builder's XML writer (xmlbuilder 15.1) escapes only
 * the first of them.
 */
function asCdata(text: string): string {
  return text.replaceAll(']]>', ']] >')
}

/**
 * Marks a test case as skipped. The builder writes `<skipped/>` without a message, so the reason is
 * added to the element that the builder made.
 */
function skip(testCase: TestCase, reason: string | undefined): void {
  testCase.skipped()
  if (reason === undefined) return
  const build = testCase.build.bind(testCase)
  testCase.build = (parent) => {
    const element = build(parent)
    // xmlbuilder's types leave out the children of a node.
    const { children } = element as unknown as {
      children: readonly { name?: string; att?(name: string, value: string): void }[]
    }
    children.find((child) => child.name === 'skipped')?.att?.('message', printable(reason, LIMIT))
    return element
  }
}

function seconds(ms: number): number {
  return Math.round(ms) / 1000
}
