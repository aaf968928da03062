import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { UsageError } from '../errors/errors.ts'
import { type Baseline, expectationsOf, formatBaseline, readBaseline, unexplainedIn } from './baseline.ts'
import { baselineOf, cause, VOCABULARY } from './testing/results.ts'

function write(text: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'pptpspec-baseline-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const file = join(directory, 'b.yaml')
  writeFileSync(file, text)
  return file
}

/** The error of reading a file with this text. */
function errorOf(text: string): UsageError {
  const file = write(text)
  try {
    readBaseline(file, VOCABULARY)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    expect(error.message).toContain(file)
    return error
  }
  throw new Error('the baseline was read without an error')
}

const errorOfCauses = (...causes: Baseline['causes']) => errorOf(formatBaseline(baselineOf(...causes)))

const GOOD = baselineOf(
  cause('first', [
    { case: 'a/one@recipient', fail: ['1/x'], warn: ['1/y'] },
    { case: ['a/many#*@recipient', 'b/*'], inconclusive: true },
  ]),
  cause('second', [{ case: 'a/one@originator', fail: ['1/x'] }], [{ monitor: 'eye', warn: ['2/a'] }]),
  cause('third', [], [{ monitor: ['eye', 'ear'], fail: ['2/b'] }]),
)

test('a baseline is read as it was written; a missing file is undefined', () => {
  expect(readBaseline(write(formatBaseline(GOOD)), VOCABULARY)).toEqual(GOOD)
  expect(readBaseline('/nowhere/b.yaml', VOCABULARY)).toBeUndefined()
})

test('cases and monitors may be left out', () => {
  const text = `format: 2
implementation: some
causes:
  - { id: one, title: t, owner: o, effect: e, reason: r, cases: [{ case: b/two, fail: [1/x] }] }
`
  expect(readBaseline(write(text), VOCABULARY)?.causes[0]).toMatchObject({
    cases: [{ case: 'b/two', fail: ['1/x'] }],
    monitors: [],
  })
})

test('a file of the old format names the command that converts it', () => {
  const error = errorOf('implementation: x\nanywhere: []\ndeviations: []\n')
  expect(error.message).toMatch(/old format/)
  expect(error.remedy).toMatch(/pptpspec convert-baseline \S+b\.yaml$/)
})

describe('a mistake is a usage error that names the file and the field', () => {
  const inCause = (more: string) => `format: 2
implementation: some
causes:
  - { id: one, title: t, owner: o, effect: e, reason: r, ${more} }
`
  test.each([
    ['broken YAML', 'a: [', /cannot be read/],
    ['a list', '[]', /the whole file/],
    ['another format', 'format: 3\nimplementation: x\ncauses: []', /: format: /],
    ['an unknown field', 'format: 2\nimplementation: x\ncauses: []\nmore: 1', /more/],
    ['no reason', inCause('cases: []').replace('reason: r,', ''), /causes\.0\.reason/],
    ['an id with a space', inCause('cases: []').replace('one', 'one two'), /causes\.0\.id.*single dashes/],
    ['a verdict of another name', inCause('cases: [{ case: b/two, error: [1/x] }]'), /causes\.0\.cases\.0/],
    [
      'a claim without a verdict',
      inCause('cases: [{ case: b/two }]'),
      /causes\.0\.cases\.0: expected fail or/,
    ],
    [
      'a claim of both fail and inconclusive',
      inCause('cases: [{ case: b/two, fail: [1/x], inconclusive: true }]'),
      /causes\.0\.cases\.0: expected fail or/,
    ],
    ['no requirement', inCause('cases: [{ case: b/two, fail: [] }]'), /causes\.0\.cases\.0\.fail/],
    [
      'a monitor claimed as inconclusive',
      inCause('monitors: [{ monitor: eye, inconclusive: true }]'),
      /causes\.0\.monitors\.0/,
    ],
  ])('%s', (_, text, message) => {
    expect(errorOf(text).message).toMatch(message)
  })
})

describe('an unknown name is reported with the nearest known one', () => {
  test.each([
    ['a case', cause('one', [{ case: 'b/tow', fail: ['1/x'] }]), 'no case matches "b/tow"', /b\/two/],
    [
      'a case of that role',
      cause('one', [{ case: 'b/two@originator', fail: ['1/x'] }]),
      'no case matches "b/two@originator"',
      /^Did you mean a\/one@originator/,
    ],
    [
      'one of several globs',
      cause('one', [{ case: ['a/one', 'nonsense/*'], fail: ['1/x'] }]),
      'no case matches "nonsense/*"',
      /^Mend/,
    ],
    [
      'a requirement',
      cause('one', [{ case: 'b/two', warn: ['1/w'] }]),
      'no requirement matches "1/w"',
      /1\/x/,
    ],
    [
      'a monitor',
      cause('one', [], [{ monitor: 'eyes', fail: ['2/a'] }]),
      'no monitor matches "eyes"',
      /eye\?/,
    ],
  ])('%s', (_, one, message, remedy) => {
    const error = errorOfCauses(one)
    expect(error.message).toContain(`cause one: ${message}`)
    expect(error.remedy).toMatch(remedy)
    const suggested = error.remedy?.match(/\S+\/\S+/g) ?? []
    expect(new Set(suggested).size).toBe(suggested.length)
  })

  test('a cause cannot claim that a monitor breaks a requirement that the monitor does not decide', () => {
    const error = errorOfCauses(cause('one', [], [{ monitor: 'eye', fail: ['2/c'] }]))
    expect(error.message).toContain('cause one: no monitor eye decides 2/c')
    expect(error.remedy).toContain('coverage --requirement 2/c')
  })
})

describe('a finding has one cause', () => {
  test('two causes cannot have the same id', () => {
    const twice = [cause('one', [{ case: 'b/two', fail: ['1/x'] }]), cause('one', [])] as const
    expect(errorOfCauses(...twice).message).toContain('two causes have the id one')
  })

  test.each([
    [
      'the same case and requirement',
      [{ case: 'a/one', fail: ['1/x'] }],
      [{ case: 'a/*@recipient', fail: ['1/x', '1/y'] }],
      'a/one@recipient: 1/x is claimed by the causes one and other',
    ],
    [
      'the same with another verdict',
      [{ case: 'b/two', fail: ['1/x'] }],
      [{ case: 'b/two', warn: ['1/*'] }],
      'b/two@recipient: 1/x is claimed by the causes one and other',
    ],
    [
      'a verdict for an inconclusive case',
      [{ case: 'b/two', inconclusive: true as const }],
      [{ case: 'b/two', fail: ['1/x'] }],
      'b/two@recipient: inconclusive is claimed by the causes one and other',
    ],
  ])('two causes cannot claim %s', (_, one, other, message) => {
    expect(errorOfCauses(cause('one', one), cause('other', other)).message).toContain(message)
  })

  test('a cause cannot claim a finding twice', () => {
    const one = cause('one', [
      { case: 'a/many#*', fail: ['1/x'] },
      { case: 'a/many#v=2', fail: ['1/x'] },
    ])
    expect(errorOfCauses(one).message).toContain('a/many#v=2@recipient: 1/x is claimed by cause one twice')
  })

  test('two causes cannot claim the same finding of a monitor', () => {
    const error = errorOfCauses(
      cause('one', [], [{ monitor: 'e*', fail: ['2/b'] }]),
      cause('other', [], [{ monitor: 'ear', warn: ['2/*'] }]),
    )
    expect(error.message).toContain('monitor ear: 2/b is claimed by the causes one and other')
  })

  test('a requirement in other cases, of another monitor, or of a case and a monitor, is another finding', () => {
    const apart = baselineOf(
      cause('one', [{ case: 'a/one@recipient', fail: ['1/x'] }], [{ monitor: 'eye', fail: ['2/b'] }]),
      cause(
        'other',
        [{ case: 'a/one@originator', fail: ['1/x', '2/b'] }],
        [{ monitor: 'ear', fail: ['2/b'] }],
      ),
    )
    expect(readBaseline(write(formatBaseline(apart)), VOCABULARY)).toEqual(apart)
  })
})

test('a baseline lists its claims about a case and about a monitor', () => {
  const { ofCase, ofMonitor } = expectationsOf(GOOD)
  const told = (claims: ReturnType<typeof ofCase>) =>
    claims.map(({ cause: id, verdict, what }) => `${id}: ${verdict} ${what}`)
  expect(told(ofCase('a/one@recipient'))).toEqual(['first: fail 1/x', 'first: warn 1/y'])
  expect(told(ofCase('a/many#v=1@recipient'))).toEqual(['first: inconclusive inconclusive'])
  expect(told(ofCase('a/many#v=1@originator'))).toEqual([])
  expect(told(ofMonitor('eye'))).toEqual(['second: warn 2/a', 'third: fail 2/b'])
})

test('counts the causes without a name or reason', () => {
  const named = cause('named', [])
  const causes = [named, { ...named, title: 'UNNAMED: x' }, { ...named, reason: 'UNEXPLAINED: x' }]
  expect(unexplainedIn(baselineOf(...causes))).toBe(2)
  expect(unexplainedIn(undefined)).toBe(0)
})
