import picocolors from 'picocolors'
import { expect, test } from 'vitest'
import { causeLines, detailOf, nameOf, stateHeading } from './cause-lines.ts'
import { type CauseRow, causesIn } from './causes.ts'
import { tallyOf } from './tally.ts'
import { EVERYTHING } from './testing/run.ts'

const PLAIN = picocolors.createColors(false)

const ROW: CauseRow = {
  state: 'known',
  id: 'cookie-ignored',
  title: 'It never looks at the Magic Cookie',
  owner: 'pptpd',
  verdict: 'fail',
  requirements: ['1.4/magic-cookie'],
  follows: ['1.4/resync'],
  cases: ['a/b@recipient', 'a/c@recipient'],
  monitors: ['message-header'],
  example: {
    case: 'a/b@recipient',
    requirement: '1.4/magic-cookie',
    expected: 'a close',
    seen: 'a reply',
    frame: 6,
    capture: 'pptpd/a/b@recipient.pcapng',
  },
  seen: ['a reply'],
}

/** A row without the id of a cause. */
function unnamed(more: Partial<CauseRow>): CauseRow {
  const { id: _, owner: __, ...row } = ROW
  return { ...row, state: 'unnamed', ...more }
}

test('a line names verdict, cause, owner, places, a case and what it does, in columns', () => {
  const other: CauseRow = { ...ROW, id: 'x', owner: 'kernel', verdict: 'inconclusive', monitors: [] }
  expect(causeLines([ROW, other], PLAIN, undefined)).toEqual([
    '✗ FAIL         cookie-ignored  pptpd   2 cases, 1 monitor  a/b@recipient  It never looks at the Magic Cookie',
    '? INCONCLUSIVE x               kernel  2 cases             a/b@recipient  It never looks at the Magic Cookie',
  ])
  expect(causeLines([], PLAIN, undefined)).toEqual([])
})

test('a row without a cause is called by its requirements, if it has any', () => {
  expect(nameOf(ROW)).toBe('cookie-ignored')
  expect(nameOf(unnamed({ requirements: ['1.4/a', '1.4/b'] }))).toBe('1.4/a, 1.4/b')
  expect(nameOf(unnamed({ requirements: [], verdict: 'inconclusive' }))).toBe('(no verdict)')
})

test.each([40, 70, 80, 100, 140])('a line fits into %s columns', (width) => {
  const long: CauseRow = { ...ROW, title: 'long '.repeat(100), cases: ['x'.repeat(300)] }
  for (const line of causeLines([ROW, long], PLAIN, width)) expect(line.length).toBeLessThanOrEqual(width)
})

test('a long title is cut if the width of the terminal is unknown', () => {
  const [line = ''] = causeLines([{ ...ROW, title: 'x'.repeat(500) }], PLAIN, undefined)
  expect(line.endsWith('…')).toBe(true)
  expect(line.length).toBeLessThan(200)
})

test('the full text says what was expected and seen, and which frame shows it', () => {
  expect(detailOf(ROW, PLAIN, 'results/latest')).toEqual([
    '✗ FAIL cookie-ignored pptpd, in 2 cases, 1 monitor (in consequence also 1.4/resync)',
    '    It never looks at the Magic Cookie',
    '    expected a close; seen a reply',
    '    frame 6 of results/latest/pptpd/a/b@recipient.pcapng',
  ])
  const { example } = ROW
  if (example === undefined) throw new Error('the row has no example')
  const uncaptured = unnamed({ example: { ...example, frame: undefined, capture: undefined } })
  expect(detailOf(uncaptured, PLAIN, undefined).at(-1)).toBe('    a/b@recipient')
  const undecided = unnamed({ verdict: 'inconclusive', requirements: [], follows: [] })
  expect(detailOf(undecided, PLAIN, undefined)).toEqual([
    '? INCONCLUSIVE (no verdict) in 2 cases, 1 monitor',
    '    a reply',
    '    frame 6 of pptpd/a/b@recipient.pcapng',
  ])
})

test('the full text of a cause that does not show says so', () => {
  const { example: _, ...row } = ROW
  const gone: CauseRow = { ...row, state: 'gone', verdict: 'pass', cases: [], monitors: [], follows: [] }
  expect(detailOf(gone, PLAIN, undefined)).toEqual([
    '✓ PASS cookie-ignored pptpd, in no case',
    '    It never looks at the Magic Cookie',
  ])
})

test.each([
  ['new', 'x: 1 deviation that no cause of the baseline explains'],
  ['unnamed', 'x: 1 deviation, the worst first (there is no baseline)'],
  ['gone', 'x: 1 cause of the baseline missing where expected'],
  ['known', 'x: 1 cause that the baseline knows'],
] as const)('the heading of what is %s', (state, text) => {
  expect(stateHeading(state, 'x', [ROW])).toBe(text)
})

test('hostile text is escaped in every column', () => {
  const evil = 'x\u001b[2J\u202e'
  const row: CauseRow = {
    ...ROW,
    id: evil,
    title: evil,
    owner: evil,
    requirements: [evil],
    follows: [evil],
    cases: [evil],
    monitors: [evil],
    example: { case: evil, expected: evil, seen: evil, frame: 1, capture: evil },
  }
  const { example: _, ...bare } = row
  const said = [row, bare, unnamed({ requirements: [evil] })].flatMap((one) => [
    ...causeLines([one], PLAIN, undefined),
    ...detailOf(one, PLAIN, evil),
    stateHeading('new', evil, [one]),
  ])
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters must be escaped
  expect(said.filter((line) => /[\u0000-\u001f\u202e]/.test(line))).toEqual([])
})

test('every cause of a run has a line', () => {
  const [one] = tallyOf(EVERYTHING).implementations
  const rows = one === undefined ? [] : causesIn(one)
  expect(causeLines(rows, PLAIN, 100)).toHaveLength(rows.length)
})
