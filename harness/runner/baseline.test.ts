import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { UsageError } from '../errors/errors.ts'
import type { Finding, ScenarioResult, Verdict } from '../scenario/verdict.ts'
import {
  type Baseline,
  compare,
  formatBaseline,
  readBaseline,
  staleAnywhere,
  staleEntries,
  UNEXPLAINED,
  updatedBaseline,
} from './baseline.ts'

function finding(requirement: string, verdict: Finding['verdict'], monitor?: string): Finding {
  return { requirement, verdict, expected: 'e', seen: 's', ...(monitor === undefined ? {} : { monitor }) }
}

function result(scenario: string, verdict: Verdict, ...findings: Finding[]): ScenarioResult {
  return { scenario, purpose: 'p', verdict, findings, duration: 1 }
}

const BASELINE: Baseline = {
  implementation: 'x',
  anywhere: [{ requirement: '2.2/a', verdict: 'warn', reason: 'always' }],
  deviations: [
    { scenario: 'a/one', verdict: 'fail', requirements: ['1/x'], reason: 'because' },
    { scenario: 'a/many#*', verdict: 'warn', requirements: ['1/y'], reason: 'because' },
    { scenario: 'a/stuck', verdict: 'inconclusive', requirements: [], reason: 'because' },
  ],
}

describe('compare', () => {
  test.each<[string, ScenarioResult, string]>([
    ['a pass without an entry', result('b', 'pass', finding('1/x', 'pass')), 'as-expected'],
    ['the very deviation', result('a/one', 'fail', finding('1/x', 'fail')), 'as-expected'],
    ['a variation that the glob names', result('a/many#v=1', 'warn', finding('1/y', 'warn')), 'as-expected'],
    ['an expected inconclusive', result('a/stuck', 'inconclusive'), 'as-expected'],
    ['a skip', result('a/one', 'skip'), 'as-expected'],
    ['an unexpected pass', result('a/one', 'pass', finding('1/x', 'pass')), 'unexpected'],
    ['another requirement', result('a/one', 'fail', finding('1/z', 'fail')), 'unexpected'],
    [
      'one requirement more',
      result('a/one', 'fail', finding('1/x', 'fail'), finding('1/z', 'warn')),
      'unexpected',
    ],
    ['a failure without an entry', result('b', 'fail', finding('1/x', 'fail')), 'unexpected'],
    [
      'a monitor finding expected anywhere',
      result('b', 'warn', finding('2.2/a', 'warn', 'm')),
      'as-expected',
    ],
    [
      'the same beside a deviation',
      result('a/one', 'fail', finding('1/x', 'fail'), finding('2.2/a', 'warn', 'm')),
      'as-expected',
    ],
    ['the same from the scenario itself', result('b', 'warn', finding('2.2/a', 'warn')), 'unexpected'],
    ['the same, graver', result('b', 'fail', finding('2.2/a', 'fail', 'm')), 'unexpected'],
  ])('%s', (_, one, kind) => {
    expect(compare(one, BASELINE).kind).toBe(kind)
  })

  test('a failure that is known anywhere does not hide that the scenario never got to its test', () => {
    const known: Baseline = {
      ...BASELINE,
      anywhere: [{ requirement: '4/w', verdict: 'fail', reason: 'always' }],
    }
    const stuck = { ...result('b', 'fail', finding('4/w', 'fail', 'm')), reason: 'no call' }
    expect(compare(stuck, known)).toMatchObject({ kind: 'unexpected', seen: 'inconclusive' })
    expect(compare({ ...stuck, scenario: 'a/stuck' }, known).kind).toBe('as-expected')
    expect(compare(result('b', 'fail', finding('4/w', 'fail', 'm')), known).kind).toBe('as-expected')
  })

  test('without a baseline only a pass is as expected', () => {
    expect(compare(result('b', 'pass'), undefined).kind).toBe('as-expected')
    expect(compare(result('b', 'fail', finding('1/x', 'fail')), undefined).kind).toBe('no-baseline')
  })
})

test('stale entries name no scenario, or nothing that shows', () => {
  expect(staleEntries(BASELINE, ['a/one', 'a/many#v=1']).map((one) => one.scenario)).toEqual(['a/stuck'])
  expect(staleAnywhere(BASELINE, [result('b', 'pass')]).length).toBe(1)
  expect(staleAnywhere(BASELINE, [result('b', 'warn', finding('2.2/a', 'warn', 'm'))])).toEqual([])
})

describe('an update', () => {
  const KNOWN = ['a/one', 'a/many#v=1', 'a/many#v=2', 'a/many#v=3', 'a/stuck', 'b', 'c']
  const update = (...results: ScenarioResult[]) =>
    updatedBaseline('x', BASELINE, results, KNOWN).deviations.map(({ scenario, reason }) => [
      scenario,
      reason,
    ])

  test('keeps reasons that still hold, and asks for those that do not', () => {
    const results = [
      result('a/one', 'fail', finding('1/x', 'fail')),
      result('a/stuck', 'fail', finding('1/y', 'fail')),
      result('c', 'warn', finding('2.2/a', 'warn', 'm')),
    ]
    expect(updatedBaseline('x', BASELINE, results, KNOWN).anywhere).toEqual(BASELINE.anywhere)
    expect(update(...results)).toEqual([
      ['a/many#*', 'because'],
      ['a/one', 'because'],
      ['a/stuck', UNEXPLAINED],
    ])
  })

  test('keeps a glob as long as nothing that was played speaks against it', () => {
    expect(update(result('a/many#v=1', 'warn', finding('1/y', 'warn')))).toContainEqual([
      'a/many#*',
      'because',
    ])
    expect(update(result('a/many#v=1', 'skip'))).toContainEqual(['a/many#*', 'because'])
  })

  test('breaks a glob up where some of its cases came out otherwise', () => {
    expect(
      update(result('a/many#v=1', 'fail', finding('1/y', 'fail')), result('a/many#v=2', 'pass')),
    ).toEqual([
      ['a/many#v=1', UNEXPLAINED],
      ['a/many#v=3', 'because'],
      ['a/one', 'because'],
      ['a/stuck', 'because'],
    ])
  })

  test('drops what names no scenario any more', () => {
    const without = KNOWN.filter((id) => id !== 'a/stuck')
    expect(updatedBaseline('x', BASELINE, [], without).deviations.map(({ scenario }) => scenario)).toEqual(
      ['a/one', 'a/many#*'].sort(),
    )
  })
})

describe('the file', () => {
  const write = (text: string): string => {
    const file = join(mkdtempSync(join(tmpdir(), 'pptpspec-')), 'b.yaml')
    writeFileSync(file, text)
    return file
  }

  test('is read as it was written', () => {
    expect(readBaseline(write(formatBaseline(BASELINE)))).toEqual(BASELINE)
    expect(readBaseline('/nowhere/b.yaml')).toBeUndefined()
  })

  test.each([
    ['no YAML', 'a: [', /cannot be read/],
    [
      'another verdict',
      'implementation: x\ndeviations: [{scenario: a, verdict: pass, reason: r}]',
      /deviations\.0\.verdict/,
    ],
    ['no reason', 'implementation: x\ndeviations: [{scenario: a, verdict: fail}]', /deviations\.0\.reason/],
    ['an unknown field', 'implementation: x\ndeviations: []\nmore: 1', /more/],
  ])('%s is a usage error that names file and field', (_, text, message) => {
    const file = write(text)
    expect(() => readBaseline(file)).toThrow(UsageError)
    expect(() => readBaseline(file)).toThrow(message)
    expect(() => readBaseline(file)).toThrow(file)
  })
})
