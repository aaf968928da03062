import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { type Baseline, formatBaseline } from './baseline.ts'
import { editBaseline } from './edit-baseline.ts'
import { baselineOf, cause } from './testing/results.ts'

const TEXT = `# Whose this is.
format: 2
implementation: some
causes:
  # The first.
  - id: one
    title: It closes early
    owner: &pppd pppd
    effect: >-
      Its users wait
      for nothing.
    reason: main() in main.c
    cases:
      - case: "a/many#*"
        fail: [1/x, 1/y] # both
  # The second.
  - id: two
    title: It never gets there
    owner: some
    effect: none
    reason: source
    cases:
      - case: [b/two, a/one@recipient]
        inconclusive: true
    monitors:
      - { monitor: eye, warn: [2/a] }

  - id: three
    title: It says causes, and means it
    owner: *pppd
    effect: none
    reason: source
    monitors:
      - monitor: ear
        fail: [2/c]
`

/** What a text means as a baseline. */
function meaning(text: string): Baseline {
  const read: Baseline = parse(text)
  return { ...read, causes: read.causes.map((one) => ({ ...one, ...withLists(one) })) }
}

function withLists({ cases = [], monitors = [] }: Partial<Baseline['causes'][number]>) {
  return { cases, monitors }
}

const OLD = meaning(TEXT)

const named = (...ids: readonly string[]) => OLD.causes.filter(({ id }) => ids.includes(id))
const fresh = cause('fresh', [{ case: 'c/three', fail: ['1/z'] }])

test('an unchanged baseline keeps its text unchanged', () => {
  expect(editBaseline(TEXT, OLD)).toBe(TEXT)
})

test('new causes come at the end, and nothing else changes', () => {
  const edited = editBaseline(TEXT, baselineOf(...OLD.causes, fresh))
  expect(edited.startsWith(TEXT)).toBe(true)
  expect(meaning(edited)).toEqual(baselineOf(...OLD.causes, fresh))
  expect(edited.endsWith('\n')).toBe(true)
})

test('removing a cause removes nothing else', () => {
  expect(editBaseline(TEXT, baselineOf(...named('one', 'three')))).toBe(
    TEXT.replace(/ {2}- id: two[\s\S]*?(?=\n {2}- id: three)/, ''),
  )
})

test('a changed cause is rewritten in its place, and keeps the comments before it', () => {
  const [one, two, three] = OLD.causes
  if (one === undefined || two === undefined || three === undefined) throw new Error('three causes')
  const narrowed = { ...two, cases: [{ case: 'b/two', inconclusive: true as const }] }
  const edited = editBaseline(TEXT, baselineOf(one, narrowed, three))
  expect(meaning(edited)).toEqual(baselineOf(one, narrowed, three))
  const [before = '', after = ''] = edited.split(/ {2}- id: two[\s\S]*?(?=\n {2}- id: three)/)
  expect(TEXT.startsWith(before)).toBe(true)
  expect(TEXT.endsWith(after)).toBe(true)
})

test.each(['causes: more than one', 'a title with\ncauses:\n  - in it'])(
  'a new cause may have the title %j',
  (reason) => {
    const next = baselineOf(...OLD.causes, { ...fresh, reason })
    const edited = editBaseline(TEXT, next)
    expect(edited.startsWith(TEXT)).toBe(true)
    expect(meaning(edited)).toEqual(next)
  },
)

test('the whole file is rewritten when a remaining cause refers to a removed one', () => {
  const next = baselineOf(...named('two', 'three'))
  expect(editBaseline(TEXT, next)).toBe(formatBaseline(next))
})

test('a baseline without causes has an empty list', () => {
  expect(parse(editBaseline(TEXT, baselineOf()))).toEqual(baselineOf())
})

test.each([
  ['no cause', 'format: 2\nimplementation: some\ncauses: []\n'],
  ['causes in one line', 'format: 2\nimplementation: some\ncauses: [{ id: one }]\n'],
  ['another implementation', TEXT.replace('implementation: some', 'implementation: other')],
])('the whole file is rewritten when it has %s', (_, text) => {
  expect(editBaseline(text, OLD)).toBe(formatBaseline(OLD))
})

test('the edited text means the new baseline, whatever is kept, narrowed, dropped and added', () => {
  const narrowed = (one: Baseline['causes'][number]) => ({ ...one, cases: fresh.cases })
  const choice = fc.constantFrom('kept', 'narrowed', 'gone')
  fc.assert(
    fc.property(fc.tuple(choice, choice, choice), fc.boolean(), (choices, isAdded) => {
      const kept = OLD.causes.flatMap((one, at) =>
        choices[at] === 'gone' ? [] : choices[at] === 'kept' ? [one] : [narrowed(one)],
      )
      const next = baselineOf(...kept, ...(isAdded ? [fresh] : []))
      expect(meaning(editBaseline(TEXT, next))).toEqual(next)
    }),
  )
})
