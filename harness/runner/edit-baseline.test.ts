import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { type Baseline, formatBaseline } from './baseline.ts'
import { editBaseline } from './edit-baseline.ts'

const TEXT = `# Of whom this is.
implementation: x
anywhere:
  - requirement: 2.1/a
    verdict: warn
    reason: &why >-
      Because it
      is so.
deviations:
  # The first.
  - scenario: "a/one"
    verdict: fail
    requirements: [1/x, 1/y]
    reason: *why
  # The second.
  - scenario: b/two # as ever
    verdict: inconclusive
    reason: >-
      It never gets there.
  - scenario: d/four
    verdict: warn
    requirements: [1/z]
    reason: *why
`

const WHY = 'Because it is so.'
const one = { scenario: 'a/one', verdict: 'fail', requirements: ['1/x', '1/y'], reason: WHY } as const
const two = {
  scenario: 'b/two',
  verdict: 'inconclusive',
  requirements: [],
  reason: 'It never gets there.',
} as const
const three = { scenario: 'c/three#v=1', verdict: 'warn', requirements: ['1/z'], reason: 'New.' } as const
const four = { scenario: 'd/four', verdict: 'warn', requirements: ['1/z'], reason: WHY } as const
const five = { scenario: 'e/five', verdict: 'fail', requirements: ['1/z'], reason: 'New.' } as const

function baseline(...deviations: readonly Baseline['deviations'][number][]): Baseline {
  return {
    implementation: 'x',
    anywhere: [{ requirement: '2.1/a', verdict: 'warn', reason: WHY }],
    deviations: [...deviations],
  }
}

const mutable = (list: readonly unknown[]) => list as Baseline['deviations']

test('what stays as it was stays to the letter', () => {
  expect(editBaseline(TEXT, baseline(...mutable([one, two, four])))).toBe(TEXT)
})

test('new entries come where they belong, and only they', () => {
  const edited = editBaseline(TEXT, baseline(...mutable([one, two, three, four, five])))
  const added = edited.split('\n').filter((line) => !TEXT.includes(line))
  expect(edited.split('\n').filter((line) => !added.includes(line))).toEqual(
    expect.arrayContaining(TEXT.split('\n')),
  )
  expect(parse(edited).deviations.map(({ scenario }: { scenario: string }) => scenario)).toEqual([
    'a/one',
    'b/two',
    'c/three#v=1',
    'd/four',
    'e/five',
  ])
  expect(edited.endsWith('New.\n')).toBe(true)
})

test('an entry that is gone takes nothing with it, and one that changed is a new one', () => {
  const changed = { ...two, verdict: 'fail', requirements: ['1/w'] } as const
  expect(editBaseline(TEXT, baseline(...mutable([one, four])))).toBe(
    TEXT.replace(/ {2}- scenario: b\/two[\s\S]*?(?= {2}- scenario: d)/, ''),
  )
  const edited = editBaseline(TEXT, baseline(...mutable([one, changed, four])))
  expect(edited).toContain('# The second.\n')
  expect(parse(edited).deviations[1]).toEqual(changed)
})

test('where something refers to what is gone, all is written anew', () => {
  const text = TEXT.replace('reason: *why', 'reason: &other That.').replace(/\*why\n$/, '*other\n')
  const next = baseline(...mutable([two, { ...four, reason: 'That.' }]))
  expect(editBaseline(text, next)).toBe(formatBaseline(next))
})

test('so it is where nothing can be told apart', () => {
  const next = baseline(...mutable([one]))
  for (const text of ['implementation: x\ndeviations: []\n', 'deviations: [{scenario: a/one}]\n'])
    expect(editBaseline(text, next)).toBe(formatBaseline(next))
})
