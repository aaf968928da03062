import { printable } from '../protocol/octets.ts'
import { VERDICTS } from '../scenario/verdict.ts'
import { duration, overall } from './console.ts'
import {
  comparisonInWords,
  deviationsOf,
  frameOf,
  isQuiet,
  type RunTally,
  type ScenarioFinished,
} from './tally.ts'

/** Results listed in full; a CI page should stay readable, and such pages are limited to about a megabyte. */
const LISTED = 100

/** A run as Markdown for the summary page of a CI job. */
export function summaryMarkdown(run: RunTally): string {
  const { started, finished, implementations } = run
  const lines: string[] = ['# PPTP conformance', '', `**${text(overall(run, ', see Reasons'), 1000)}**`, '']
  if (started !== undefined) {
    const elapsed = finished === undefined ? '' : `, ${duration(finished.at - started.at)}`
    lines.push(
      `pptpspec ${text(started.harness)}, node ${text(started.node)}, ${started.clock} clock, seed ${started.seed}${elapsed}`,
      '',
    )
  }
  lines.push(...table(run), '')
  const unexpected = implementations.flatMap((one) => one.unexpected)
  const expected = implementations.flatMap((one) =>
    one.results.filter((event) => !isQuiet(event) && event.comparison.kind !== 'unexpected'),
  )
  lines.push(...section('Not as expected', unexpected))
  const stale = implementations.flatMap((one) =>
    one.stale.map((entry) => `- ${code(one.name)} ${code(entry.scenario)}: ${text(entry.detail, 500)}`),
  )
  if (stale.length > 0) lines.push('## Stale in the baseline', '', ...bounded(stale), '')
  const missing = implementations.flatMap((one) =>
    one.missing.map((scenario) => `- ${code(one.name)} ${code(scenario)}`),
  )
  if (missing.length > 0) lines.push('## Planned and never finished', '', ...bounded(missing), '')
  // Those that no scenario shows stand nowhere else.
  const reasons = (finished?.reasons ?? []).map((reason) => `- ${text(reason, 500)}`)
  if (reasons.length > 1) lines.push(`## Reasons (${reasons.length})`, '', ...bounded(reasons), '')
  lines.push(...section('Other deviations', expected))
  if (run.notices.length > 0)
    lines.push('## Notices', '', ...bounded(run.notices.map((notice) => `- ${text(notice, 500)}`)), '')
  return `${lines.join('\n').trimEnd()}\n`
}

function table(run: RunTally): readonly string[] {
  const head = ['implementation', 'software', ...VERDICTS, 'unexpected', 'stale']
  const rows = run.implementations.map((one) => [
    code(one.name),
    text(
      Object.entries(one.started?.provenance.versions ?? {})
        .map(([name, version]) => `${name} ${version}`)
        .join(', '),
    ),
    ...VERDICTS.map((verdict) => String(one.counts[verdict])),
    String(one.unexpected.length),
    String(one.stale.length),
  ])
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [row(head), row(head.map((_, at) => (at < 2 ? '---' : '---:'))), ...rows.map(row)]
}

function section(title: string, events: readonly ScenarioFinished[]): readonly string[] {
  if (events.length === 0) return []
  return [`## ${title} (${events.length})`, '', ...bounded(events.flatMap(item)), '']
}

function item(event: ScenarioFinished): readonly string[] {
  const { result, comparison, files } = event
  const head = `- **${result.verdict}** ${code(event.implementation)} ${code(result.scenario)}`
  const reason = result.reason === undefined ? [] : [`  - ${text(result.reason, 500)}`]
  const findings = deviationsOf(event).map((finding) => {
    const frame = frameOf(event, finding)
    const where =
      files === undefined ? '' : ` (${frame === undefined ? '' : `frame ${frame} of `}${code(files.pcapng)})`
    return `  - ${finding.verdict} ${code(finding.requirement)}: expected ${text(finding.expected, 500)}; seen ${text(finding.seen, 500)}${where}`
  })
  return [
    [head, ...reason, ...findings, `  - baseline: ${text(comparisonInWords(comparison), 500)}`].join('\n'),
  ]
}

function bounded(items: readonly string[]): readonly string[] {
  return items.length <= LISTED ? items : [...items.slice(0, LISTED), `- and ${items.length - LISTED} more`]
}

/** Text that Markdown and HTML take as nothing but text. */
function text(hostile: string, limit?: number): string {
  return printable(hostile, limit).replace(/[\\`*_{}[\]<>|#&!~@$]/g, (c) => `&#${c.charCodeAt(0)};`)
}

/** A code span; what could end it, or a table cell, is taken out. */
function code(hostile: string): string {
  return `\`${printable(hostile, 300).replace(/[`|]/g, "'") || ' '}\``
}
