import { printable } from '../protocol/octets.ts'
import { VERDICTS, type Verdict } from '../scenario/verdict.ts'
import { type CauseRow, causesIn } from './causes.ts'
import { counted } from './columns.ts'
import { matricesOf, type PathMatrix } from './matrix.ts'
import type { ImplementationTally, RunTally } from './tally.ts'
import { duration, overall, placesOf } from './words.ts'

/** The most lines of the document, which red causes may exceed: they are always listed. */
const MOST_LINES = 120
/** The most lines of lists that are not about causes. */
const LISTED = 10

/**
 * Writes a run as Markdown for the summary page of a CI job: the deviations of each implementation,
 * the worst first.
 */
export function summaryMarkdown(run: RunTally): string {
  const { started, finished, implementations } = run
  const title = run.started?.paths === undefined ? 'PPTP conformance' : 'PPTP interoperability'
  const lines: string[] = [`# ${title}`, '', `**${text(overall(run, ', see below'), 1000)}**`, '']
  if (started !== undefined) {
    const elapsed = finished === undefined ? '' : `, ${duration(finished.at - started.at)}`
    const rounds = started.repeat === undefined ? '' : `, ${started.repeat} times`
    lines.push(
      `pptpspec ${text(started.harness)}, node ${text(started.node)}, ${started.clock} clock, seed ${started.seed}${rounds}${elapsed}`,
      '',
    )
  }
  lines.push(...table(run), '', ...matricesOf(run).flatMap(matrixTable))
  for (const one of implementations)
    for (const { text: what, remedies, log, cases } of one.diagnoses)
      lines.push(
        `**${code(one.name)} ${text(what, 500)}**: ${counted(cases, 'case')} inconclusive for that reason`,
        '',
        ...remedies.map((remedy) => `- remedy: ${text(remedy, 500)}`),
        ...(log ?? []).map((line) => `- log: ${code(line)}`),
        '',
      )
  const missing = implementations.flatMap((one) =>
    one.missing.map((scenario) => `- ${code(one.name)} ${code(scenario)}`),
  )
  if (missing.length > 0) lines.push('## Planned and never finished', '', ...bounded(missing, LISTED), '')
  const unstable = implementations.flatMap(unstableItems)
  if (unstable.length > 0) lines.push('## Unstable from round to round', '', ...bounded(unstable, LISTED), '')
  const notices = run.notices.map((notice) => `- ${text(notice, 500)}`)
  const tail = notices.length === 0 ? [] : ['## Notices', '', ...bounded(notices, LISTED)]
  // Reasons that are not about an implementation or a cause of it: the tables show those.
  const reasons = (finished?.reasons ?? []).filter((reason) => !isShown(reason, implementations))
  if (reasons.length > 0)
    lines.push(
      '## Reasons',
      '',
      ...bounded(
        reasons.map((reason) => `- ${text(reason, 500)}`),
        LISTED,
      ),
      '',
    )
  const found = implementations.map((one) => ({ one, all: causesIn(one) }))
  for (const { one, all } of found) {
    const news = all.filter(isNews)
    if (news.length > 0)
      lines.push(`## ${code(one.name)}: not as expected (${news.length})`, '', ...causeTable(news), '')
  }
  const tables = found.map(({ one, all }) => ({ one, rows: all.filter((row) => !isNews(row)) }))
  // For each table: a heading, two head lines, a line for omitted rows, and three empty lines.
  const fixed = lines.length + tail.length + tables.length * 7
  const room = Math.max(0, MOST_LINES - fixed)
  const red = tables.reduce((sum, { rows }) => sum + rows.filter(isRed).length, 0)
  let others = Math.max(0, room - red)
  for (const { one, rows } of tables) {
    if (rows.length === 0) continue
    const shown = rows.filter((row) => isRed(row) || others-- > 0)
    const left = rows.length - shown.length
    lines.push(
      `## ${code(one.name)}: ${counted(rows.length, 'cause')}`,
      '',
      ...causeTable(shown),
      ...(left === 0 ? [] : ['', `and ${left} more, none of which makes the run red: results.json has them`]),
      '',
    )
  }
  const watched = monitorTable(implementations)
  if (watched.length > 0 && lines.length + tail.length + watched.length <= MOST_LINES) lines.push(...watched)
  lines.push(...tail)
  return `${lines.join('\n').trimEnd()}\n`
}

/** The matrix of one path. */
function matrixTable({ path, pairs, rows, figures }: PathMatrix): readonly string[] {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [
    `## On the path ${code(path)}`,
    '',
    row(['case', ...pairs.map((pair) => code(pair))]),
    row(['---', ...pairs.map(() => '---')]),
    ...rows.map(({ name, cells }) => row([code(name), ...cells])),
    ...figures.map(({ name, cells }) => row([text(name, 100), ...cells])),
    '',
  ]
}

/** Whether a cause differs from the baseline. */
function isNews({ state }: CauseRow): boolean {
  return state === 'new' || state === 'gone'
}

/** Whether a cause is always listed: a failure, or one that makes a run without a baseline red. */
function isRed({ verdict, state }: CauseRow): boolean {
  return verdict === 'fail' || verdict === 'error' || (state === 'unnamed' && verdict === 'inconclusive')
}

function isShown(reason: string, implementations: readonly ImplementationTally[]): boolean {
  return implementations.some(
    ({ name }) => reason.startsWith(`${name}: `) || reason.startsWith(`${name} cause `),
  )
}

function unstableItems({ name, unstable }: ImplementationTally): readonly string[] {
  if (unstable === undefined) return []
  return [
    ...unstable.cases.map((id) => `- ${code(name)} case ${code(id)}`),
    ...unstable.monitors.map((id) => `- ${code(name)} monitor ${code(id)}`),
    ...unstable.causes.map((id) => `- ${code(name)} cause ${code(id)}`),
  ]
}

const STATES: Readonly<Record<CauseRow['state'], string>> = {
  new: '**not expected**',
  unnamed: 'no baseline',
  gone: '**not shown**',
  known: 'known',
}

function causeTable(rows: readonly CauseRow[]): readonly string[] {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [
    row(['verdict', 'cause', 'owner', 'shows in', 'what it does', 'where to look']),
    row(['---', '---', '---', '---', '---', '---']),
    ...rows.map((one) => {
      const { example } = one
      const frame = example?.frame === undefined ? '' : `frame ${example.frame} of `
      return row([
        `${one.verdict}${one.state === 'known' ? '' : `, ${STATES[one.state]}`}`,
        one.id === undefined ? one.requirements.map(code).join(', ') || one.verdict : code(one.id),
        text(one.owner ?? ''),
        placesOf(one),
        `${text(one.title, 300)}${one.follows.length === 0 ? '' : `; in consequence also ${one.follows.map(code).join(', ')}`}`,
        example === undefined ? '' : `${frame}${code(example.capture ?? example.case)}`,
      ])
    }),
  ]
}

/** Writes the violations that monitors found, summed over cases; no lines without violations. */
function monitorTable(implementations: readonly ImplementationTally[]): readonly string[] {
  const rows = implementations.flatMap(({ name, watched }) =>
    watched
      .filter(({ verdict }) => verdict !== 'pass')
      .map(({ monitor, requirement, verdict, kept, broken, first }) => {
        const frame = first?.frame === undefined ? '' : `frame ${first.frame} of `
        return `| ${verdict} | ${code(name)} | ${code(monitor)} | ${code(requirement)} | ${kept} | ${broken} | ${first === undefined ? '' : `${frame}${code(first.case)}`} |`
      }),
  )
  if (rows.length === 0) return []
  return [
    '## What monitors found, over all cases',
    '',
    '| verdict | implementation | monitor | requirement | kept in | broken in | first |',
    '| --- | --- | --- | --- | ---: | ---: | --- |',
    ...rows,
    '',
  ]
}

function table(run: RunTally): readonly string[] {
  const head = ['implementation', 'software', ...VERDICTS, 'unexpected', 'stale']
  const rows = run.implementations.flatMap((one) => {
    const watched = (verdict: Verdict) => one.watched.filter((sum) => sum.verdict === verdict).length
    const software = Object.entries(one.started?.provenance.versions ?? {})
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')
    return [
      [
        code(one.name),
        text(software),
        ...VERDICTS.map((verdict) => String(one.counts[verdict])),
        String(one.unexpected.length),
        String(one.stale.length),
      ],
      [
        `${code(one.name)} monitors`,
        '',
        ...VERDICTS.map((verdict) =>
          verdict === 'pass' || verdict === 'warn' || verdict === 'fail' ? String(watched(verdict)) : '-',
        ),
        String(one.watched.filter(({ comparison }) => comparison.kind === 'unexpected').length),
        '-',
      ],
    ]
  })
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [row(head), row(head.map((_, at) => (at < 2 ? '---' : '---:'))), ...rows.map(row)]
}

function bounded(items: readonly string[], most: number): readonly string[] {
  return items.length <= most ? items : [...items.slice(0, most), `- and ${items.length - most} more`]
}

/** Escapes the characters that Markdown and HTML interpret. */
function text(hostile: string, limit?: number): string {
  return printable(hostile, limit).replace(/[\\`*_{}[\]<>|#&!~@$]/g, (c) => `&#${c.charCodeAt(0)};`)
}

/** Writes a code span, without the characters that could end the span or a table cell. */
function code(hostile: string): string {
  return `\`${printable(hostile, 300).replace(/[`|]/g, "'") || ' '}\``
}
