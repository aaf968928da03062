import { printable } from '../protocol/octets.ts'
import type { CauseRow } from './causes.ts'
import { counted } from './columns.ts'
import { type Colours, clip, label } from './paint.ts'
import { fileIn } from './tally.ts'
import { placesOf } from './words.ts'

/** Formats causes for a terminal. */

/** Wide enough for `? INCONCLUSIVE`. */
const LABEL = 14
/** Widest columns: longer text shifts only the rest of its own line. */
const WIDEST = [40, 16, 22, 46] as const
/** Longest title in a line when the width of the terminal is unknown. */
const TITLE = 100

/** Returns the heading above the causes of one state. */
export function stateHeading(
  state: CauseRow['state'],
  implementation: string,
  rows: readonly CauseRow[],
): string {
  const name = printable(implementation)
  const count = rows.length
  switch (state) {
    case 'new':
      return `${name}: ${counted(count, 'deviation')} that no cause of the baseline explains`
    case 'unnamed':
      return `${name}: ${counted(count, 'deviation')}, the worst first (there is no baseline)`
    case 'gone':
      return `${name}: ${counted(count, 'cause')} of the baseline missing where expected`
    case 'known':
      return `${name}: ${counted(count, 'cause')} that the baseline knows`
  }
}

/**
 * Returns a line for each cause: verdict, name, owner, where it shows, a case to open, title.
 * @param width of the terminal, in columns; without it, only long titles are cut.
 */
export function causeLines(
  rows: readonly CauseRow[],
  colours: Colours,
  width: number | undefined,
): readonly string[] {
  const cells = rows.map((row) => [
    nameOf(row),
    printable(row.owner ?? '', 60),
    placesOf(row),
    printable(row.example?.case ?? '', 300),
  ])
  const widths = [0, 1, 2, 3].map((at) =>
    Math.min(WIDEST[at] ?? 0, Math.max(0, ...cells.map((row) => (row[at] ?? '').length))),
  )
  return rows.map((row, line) => {
    const head = (cells[line] ?? [])
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .filter((cell) => cell !== '')
    const plain = head.join('  ')
    const room = (width ?? Number.POSITIVE_INFINITY) - LABEL - plain.length - 3
    const title = row.title === '' || room < 20 ? '' : clip(printable(row.title, 500), Math.min(room, TITLE))
    const text = width === undefined ? plain : clip(plain, width - LABEL - 2)
    return `${label(row.verdict, colours, LABEL)} ${text}  ${colours.dim(title)}`.trimEnd()
  })
}

/** Formats one cause in full, with the expected and the seen text, and the frame that shows it. */
export function detailOf(row: CauseRow, colours: Colours, output: string | undefined): readonly string[] {
  const { example } = row
  const follows =
    row.follows.length === 0
      ? ''
      : colours.dim(` (in consequence also ${printable(row.follows.join(', '), 300)})`)
  const owner = row.owner === undefined ? '' : ` ${printable(row.owner)},`
  const lines = [
    `${label(row.verdict, colours)} ${colours.bold(nameOf(row))}${owner} in ${placesOf(row) || 'no case'}${follows}`,
  ]
  if (row.id !== undefined) lines.push(`    ${printable(row.title, 300)}`)
  if (example === undefined) return lines
  if (row.requirements.length > 0 || row.state === 'gone')
    lines.push(`    expected ${printable(example.expected, 250)}; seen ${printable(example.seen, 250)}`)
  else lines.push(`    ${printable(example.seen, 500)}`)
  const capture = example.capture === undefined ? '' : printable(fileIn(output, example.capture), 1000)
  const frame = example.frame === undefined ? '' : `frame ${example.frame} of `
  lines.push(`    ${colours.dim(capture === '' ? printable(example.case, 300) : `${frame}${capture}`)}`)
  return lines
}

/** Returns the id of a cause; for a group without a cause, its requirements. */
export function nameOf({ id, requirements }: CauseRow): string {
  if (id !== undefined) return printable(id, 60)
  return requirements.length === 0 ? '(no verdict)' : printable(requirements.join(', '), 200)
}
