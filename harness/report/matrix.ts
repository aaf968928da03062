import { printable } from '../protocol/octets.ts'
import { beforeRole } from '../scenario/scenario.ts'
import { VERDICTS, type Verdict } from '../scenario/verdict.ts'
import { columns, counted } from './columns.ts'
import type { RunTally, ScenarioFinished } from './tally.ts'

/** The matrix of pairs and cases for one path of an interoperability run. */
export interface PathMatrix {
  readonly path: string
  /** Names of pairs, one for each column. */
  readonly pairs: readonly string[]
  /** A row for each case, all of its variations in one cell of each pair. */
  readonly rows: readonly { readonly name: string; readonly cells: readonly string[] }[]
  /** Measurements, in the same form. */
  readonly figures: readonly { readonly name: string; readonly cells: readonly string[] }[]
}

/** The text of a cell by verdict; a number of variations may stand before it. */
const WORDS: Readonly<Record<Verdict, string>> = {
  pass: '✓',
  fail: '✗ fail',
  warn: '! warn',
  inconclusive: '? inconclusive',
  skip: '- skip',
  error: 'E error',
}

/** Returns a matrix for each path of an interoperability run; none for other runs. */
export function matricesOf(run: RunTally): readonly PathMatrix[] {
  const pairs = run.implementations.map(({ name }) => name)
  return (run.started?.paths ?? []).flatMap((path) => {
    const byPair = run.implementations.map(({ results }) =>
      results.filter(({ result }) => result.scenario.endsWith(`@${path}`)),
    )
    const names = new Set(byPair.flat().map(nameOf))
    if (names.size === 0) return []
    const rows = [...names].map((name) => ({
      name: printable(name),
      cells: byPair.map((results) => cellOf(results.filter((one) => nameOf(one) === name))),
    }))
    return [{ path, pairs, rows, figures: figuresIn(byPair) }]
  })
}

function figuresIn(byPair: readonly (readonly ScenarioFinished[])[]): PathMatrix['figures'] {
  const measured = byPair.map((results) => results.flatMap(({ result }) => result.figures ?? []))
  const titles = new Set(measured.flat().map(({ name, unit }) => `${name}, ${unit}`))
  return [...titles].map((title) => ({
    name: printable(title),
    cells: measured.map((some) =>
      some
        .flatMap(({ name, unit, value }) => (`${name}, ${unit}` === title ? [String(value)] : []))
        .join(' '),
    ),
  }))
}

/** Returns the id of a case without its variation and path. */
function nameOf({ result }: ScenarioFinished): string {
  return beforeRole(result.scenario).split('#', 1)[0] ?? result.scenario
}

/** Makes a cell: `✓`, or the number of variations for each verdict. */
function cellOf(results: readonly ScenarioFinished[]): string {
  if (results.length === 0) return ''
  const counts = VERDICTS.map((verdict) => ({
    verdict,
    count: results.filter(({ result }) => result.verdict === verdict).length,
  })).filter(({ count }) => count > 0)
  const [only] = counts
  if (only !== undefined && counts.length === 1)
    return results.length === 1 || only.verdict === 'pass'
      ? WORDS[only.verdict]
      : `${only.count} ${WORDS[only.verdict]}`
  return counts
    .reverse()
    .map(({ verdict, count }) => `${count} ${WORDS[verdict]}`)
    .join(', ')
}

/** Formats the matrices for a terminal, where letters stand for pairs as there is little room. */
export function matrixLines(run: RunTally): readonly string[] {
  const matrices = matricesOf(run)
  if (matrices.length === 0) return []
  const pairs = run.implementations.map(({ name }, at) => `  ${letterOf(at)}  ${printable(name)}`)
  return [
    '',
    ...pairs,
    ...matrices.flatMap(({ path, pairs: names, rows, figures }) => {
      // Cases that pass everywhere are only counted.
      const shown = rows.filter(({ cells }) => cells.some((cell) => cell !== WORDS.pass && cell !== ''))
      const quiet = rows.length - shown.length
      const heading = `on the path ${printable(path)}`
      const told = [...shown, ...figures]
      if (told.length === 0) return ['', `${heading}: ${counted(quiet, 'case')}, all ✓`]
      return [
        '',
        ...columns([
          [heading, ...names.map((_, at) => letterOf(at))],
          ...told.map(({ name, cells }) => [`  ${name}`, ...cells]),
        ]),
        ...(quiet === 0 ? [] : [`  and ${counted(quiet, 'case')}, all ✓`]),
      ]
    }),
  ]
}

function letterOf(at: number): string {
  return at < 26 ? String.fromCharCode(65 + at) : `${at + 1}`
}
