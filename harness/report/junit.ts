import junitReportBuilder, { type Builder, type TestCase, type TestSuite } from 'junit-report-builder'
import { printable } from '../protocol/octets.ts'
import { overall } from './console.ts'
import {
  comparisonInWords,
  deviationsOf,
  frameOf,
  type ImplementationTally,
  type RunTally,
  type ScenarioFinished,
} from './tally.ts'

// Its types describe the CommonJS module; what Node hands to an ES module is the builder itself.
const builder = junitReportBuilder as unknown as Builder

/** Longest text taken over from a result, in characters. */
const LIMIT = 1000

/**
 * A run as JUnit XML: a suite for each implementation, a class for each folder of scenarios.
 *
 * It agrees with the exit code, so that a CI job that reads it is green exactly when the run is as the baseline expects:
 *
 * | result | in JUnit |
 * | --- | --- |
 * | pass, or warn without a baseline | passes |
 * | any deviation that the baseline expects | passes, with the properties `verdict` and `baseline-reason` |
 * | fail or warn that it does not expect | `<failure type="requirement id">` |
 * | pass where it expects something else; a stale entry | `<failure type="baseline">` |
 * | fail without a baseline | `<failure type="requirement id">` |
 * | error, inconclusive | `<error type="error">`, `<error type="inconclusive">`: not the implementation's failure |
 * | skip | `<skipped message="reason">` |
 * | planned and never finished | `<error type="not-run">` |
 * | a run that did not end with 0, or not at all, for nothing of the above | a test case `run` of its own, `<error type="run">` with the reasons |
 *
 * Text of the implementation is escaped to printable ASCII first: XML has no way to write most control characters.
 */
export function junitXml(run: RunTally): string {
  const report = builder.newBuilder().name(`pptpspec ${printable(run.started?.run ?? '')}`.trim())
  const red = run.implementations.map((one) => addSuite(report.testSuite(), one, run))
  if (!red.includes(true) && run.finished?.exitCode !== 0) addRun(report.testSuite(), run)
  return report.build()
}

/** What no scenario shows: an implementation that never started, an interruption between two of them, a smoke scenario that failed at the end. */
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

/** Adds an implementation's results; whether something is red among them. */
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
  const { missing, stale } = implementation
  const red = results.map((event) => addResult(addCase(suite, name, event.result.scenario), event))
  for (const scenario of missing)
    addCase(suite, name, scenario).error('planned and never finished', 'not-run')
  for (const { scenario, detail } of stale)
    addCase(suite, name, scenario, 'stale baseline entry: ').failure(printable(detail, LIMIT), 'baseline')
  return red.includes(true) || missing.length + stale.length > 0
}

/** What holds for the whole run. */
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

/** Class `implementation.folder.folder`, as test viewers group by. */
function addCase(suite: TestSuite, implementation: string, scenario: string, prefix = ''): TestCase {
  // A variation may hold slashes; only the part before `#` is a path.
  const folders = (scenario.split('#')[0] ?? '').split('/').slice(0, -1)
  const className = [implementation, ...folders].map((part) => printable(part).replaceAll('.', '_')).join('.')
  return suite
    .testCase()
    .className(className)
    .name(`${prefix}${printable(scenario, LIMIT)}`)
}

/** Says in a case what a scenario came to; whether that is red. */
function addResult(testCase: TestCase, event: ScenarioFinished): boolean {
  const { result, comparison, files } = event
  const { verdict } = result
  testCase.time(seconds(result.duration)).property('verdict', verdict)
  testCase.property('purpose', printable(result.purpose, LIMIT))
  if (files !== undefined) testCase.property('capture', printable(files.pcapng, LIMIT))
  if (comparison.kind === 'as-expected' && comparison.deviation !== undefined)
    testCase.property('baseline-reason', printable(comparison.deviation.reason, LIMIT))
  const details = detailsOf(event)

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
  const gravest = deviationsOf(event).find((finding) => finding.verdict === verdict)
  if (gravest === undefined) testCase.failure(printable(comparisonInWords(comparison), LIMIT), 'baseline')
  else
    testCase.failure(
      `expected ${printable(gravest.expected, LIMIT)}; seen ${printable(gravest.seen, LIMIT)}`,
      printable(gravest.requirement),
    )
  if (details !== '') testCase.stacktrace(details)
  return true
}

/** Every finding that is not pass, and what the baseline says, as text. */
function detailsOf(event: ScenarioFinished): string {
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
    if (files !== undefined)
      lines.push(
        `  capture: ${frame === undefined ? '' : `frame ${frame} of `}${printable(files.pcapng, LIMIT)}`,
      )
  }
  if (result.impairment !== undefined) lines.push(`impaired: ${printable(result.impairment, LIMIT)}`)
  if (lines.length > 0 || comparison.kind === 'unexpected')
    lines.push(`baseline: ${printable(comparisonInWords(comparison), LIMIT)}`)
  return asCdata(lines.join('\n'))
}

/** Text that becomes CDATA, of which the builder's XML writer (xmlbuilder 15.1) protects only the first end mark. */
function asCdata(text: string): string {
  return text.replaceAll(']]>', ']] >')
}

/** The builder writes `<skipped/>` without a message; the reason is added to the element it made. */
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
