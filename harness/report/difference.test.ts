import { expect, test } from 'vitest'
import type { RunEvent } from '../runner/events.ts'
import type { Finding } from '../scenario/verdict.ts'
import { compareImplementations, isSame } from './difference.ts'
import { differenceText, listed } from './difference-text.ts'
import { type ImplementationTally, tallyOf } from './tally.ts'
import {
  asExpected,
  broken,
  brokenSum,
  causeOf,
  EVERYTHING,
  implementationFinished,
  implementationStarted,
  NO_BASELINE,
  scenarioFinished,
  sumOf,
  unexpected,
} from './testing/run.ts'

function tally(...events: readonly RunEvent[]): ImplementationTally {
  const [one] = tallyOf(events).implementations
  if (one === undefined) throw new Error('the events have no implementation')
  return one
}

/** Makes an implementation without a baseline, whose cases break the given requirements. */
function unnamed(cases: Readonly<Record<string, readonly Finding[]>>): ImplementationTally {
  return tally(implementationStarted(Object.keys(cases)), ...Object.entries(cases).map(played))
}

function played([scenario, findings]: readonly [string, readonly Finding[]]): RunEvent {
  const verdict = findings.some((one) => one.verdict === 'fail') ? 'fail' : findings[0]?.verdict
  return scenarioFinished(
    { scenario, verdict: verdict ?? 'pass', duration: Math.random(), findings },
    findings.length === 0 ? asExpected() : NO_BASELINE,
  )
}

const started = (...ids: readonly string[]) =>
  implementationStarted([], 'pptpd', { causes: ids.map((id) => causeOf(id)) })

/** Makes the result of a case that a cause explains. */
const shows = (cause: string, scenario: string, more: Partial<Finding> = {}) =>
  scenarioFinished(
    { scenario, verdict: more.verdict ?? 'fail', findings: [broken(`1.1/${cause}`, more)] },
    asExpected({ [cause]: [`1.1/${cause}`] }),
  )

const passes = (scenario: string) => scenarioFinished({ scenario, verdict: 'pass' })

test('a run is the same as itself', () => {
  const difference = compareImplementations(tally(...EVERYTHING), tally(...EVERYTHING))
  // Unstable results on a side always count as a difference.
  expect(difference).toEqual({
    causes: [],
    unstable: { left: ['case echo/shaky@recipient'], right: ['case echo/shaky@recipient'] },
    cases: [],
    watched: [],
    only: { left: [], right: [] },
    common: 9,
  })
  expect(isSame(difference)).toBe(false)
  const plain = unnamed({ 'a/b': [broken('1/x')], 'a/c': [] })
  expect(isSame(compareImplementations(plain, plain))).toBe(true)
})

test('results that differ only in duration and in numbers chosen by an end are the same', () => {
  const difference = compareImplementations(
    unnamed({ 'a/b': [broken('1/x', { seen: 'Identifier 5 after 20 ms' })] }),
    unnamed({ 'a/b': [broken('1/x', { seen: 'Identifier 7 after 31 ms' })] }),
  )
  expect(isSame(difference)).toBe(true)
})

test('another wrong value is one changed cause, and no case differs', () => {
  const difference = compareImplementations(
    unnamed({ 'a/b': [broken('1/x', { seen: 'Result Code 3' })], 'a/c': [] }),
    unnamed({ 'a/b': [broken('1/x', { seen: 'Result Code 4' })], 'a/c': [] }),
  )
  expect(difference.causes).toEqual([
    {
      id: '1/x',
      kind: 'changed',
      title: 'expected the connection closes; seen Result Code 4',
      verdict: 'fail',
      changes: ['seen Result Code 3, then Result Code 4'],
      case: 'a/b',
    },
  ])
  expect(difference.cases).toEqual([])
  expect(isSame(difference)).toBe(false)
  const lines = differenceText({ ...difference, left: 'old', right: 'new' }, false).split('\n')
  expect(lines).toEqual([
    'old and new: 2 cases on both',
    '',
    'Causes that changed (1)',
    '✗ FAIL         1/x  seen Result Code 3, then Result Code 4 (a/b)',
  ])
})

test('gone, new and changed causes are listed in this order, by id', () => {
  const left = tally(
    started('fixed', 'wider', 'worse', 'same'),
    shows('fixed', 'a/1'),
    shows('wider', 'a/2'),
    passes('a/3'),
    shows('worse', 'a/4', { verdict: 'warn' }),
    shows('same', 'a/5'),
    passes('a/6'),
  )
  const right = tally(
    started('fixed', 'wider', 'worse', 'same', 'added'),
    scenarioFinished(
      { scenario: 'a/1', verdict: 'pass' },
      unexpected({ gone: { fixed: ['1.1/fixed'] }, expected: 'fail of 1.1/fixed' }),
    ),
    shows('wider', 'a/2'),
    shows('wider', 'a/3'),
    shows('worse', 'a/4'),
    shows('same', 'a/5'),
    shows('added', 'a/6'),
  )
  const difference = compareImplementations(left, right)
  expect(difference.causes.map(({ kind, id, changes }) => [kind, id, changes])).toEqual([
    ['gone', 'fixed', []],
    ['new', 'added', []],
    ['changed', 'wider', ['now in a/3']],
    ['changed', 'worse', ['warn became fail']],
  ])
  const text = differenceText({ ...difference, left: 'old', right: 'new' }, false)
  expect(text).toContain('Causes that only old shows (1)\n✗ FAIL         fixed  It does fixed (a/1)\n')
  expect(text).toContain('Causes that only new shows (1)\n✗ FAIL         added  It does added (a/6)\n')
  expect(text).toContain(
    'Causes that changed (2)\n✗ FAIL         wider  now in a/3 (a/2)\n✗ FAIL         worse  warn became fail (a/4)\n',
  )
  const back = compareImplementations(right, left).causes.map(({ kind, id, changes }) => [kind, id, changes])
  expect(back).toEqual([
    ['gone', 'added', []],
    ['new', 'fixed', []],
    ['changed', 'wider', ['no longer in a/3']],
    ['changed', 'worse', ['fail became warn']],
  ])
})

test('a cause that breaks other requirements has changed', () => {
  const left = tally(started('x'), shows('x', 'a/1'))
  const right = tally(
    started('x'),
    scenarioFinished(
      { scenario: 'a/1', verdict: 'fail', findings: [broken('1.1/x'), broken('2.2/y')] },
      asExpected({ x: ['1.1/x', '2.2/y'] }),
    ),
  )
  expect(compareImplementations(left, right).causes).toMatchObject([
    { kind: 'changed', id: 'x', changes: ['now breaks 2.2/y'] },
  ])
  expect(compareImplementations(right, left).causes).toMatchObject([
    { kind: 'changed', id: 'x', changes: ['no longer breaks 2.2/y'] },
  ])
})

test('a cause has not changed for cases that one side did not play', () => {
  const left = tally(started('x'), shows('x', 'a/1'), shows('x', 'a/2'))
  const right = tally(started('x'), shows('x', 'a/1'))
  const difference = compareImplementations(left, right)
  expect(difference.causes).toEqual([])
  expect(difference.only).toEqual({ left: ['a/2'], right: [] })
  expect(isSame(difference)).toBe(false)
  expect(differenceText({ ...difference, left: 'l', right: 'r' }, false)).toContain(
    'Played only on l (1)\n  a/2',
  )
})

test('unstable results are listed with their side, and count as a difference', () => {
  const shaky = (unstable: ImplementationTally['unstable']) =>
    tally(started(), passes('a/1'), implementationFinished(unstable === undefined ? {} : { unstable }))
  const one = shaky({ cases: ['a/1'], monitors: ['m 1/x'], causes: ['c'] })
  const difference = compareImplementations(shaky(undefined), one)
  expect(difference.unstable).toEqual({ left: [], right: ['case a/1', 'monitor m 1/x', 'cause c'] })
  expect(isSame(difference)).toBe(false)
  const text = differenceText({ ...difference, left: 'l', right: 'r' }, false)
  expect(text).toContain('Unstable on r (3)\n  case a/1\n  monitor m 1/x\n  cause c')
  expect(text).not.toContain('Unstable on l')
})

test('cases whose verdict differs are listed, with the seen texts', () => {
  const left = unnamed({ a: [], b: [broken('1/y', { verdict: 'warn', seen: 'late' })], c: [] })
  const right = unnamed({
    a: [broken('1/x', { seen: 'nothing' })],
    b: [broken('1/w', { verdict: 'warn', seen: 'never' })],
  })
  const difference = compareImplementations(left, right)
  expect(difference.cases).toEqual([
    { id: 'a', left: 'pass', right: 'fail', rightSeen: 'nothing' },
    { id: 'b', left: 'warn', right: 'warn', leftSeen: 'late', rightSeen: 'never' },
  ])
  expect(difference.only).toEqual({ left: ['c'], right: [] })
  expect(difference.common).toBe(2)
  const text = differenceText({ ...difference, left: 'old', right: 'new' }, false)
  expect(text).toContain('Cases\n   old   new\na  pass  fail\nb  warn  warn\n')
  expect(text).toContain('a\n  new: nothing\nb\n  old: late\n  new: never\n')
})

test('the first of several rounds is compared', () => {
  const rounds = (...verdicts: readonly ('pass' | 'fail')[]) =>
    tally(
      ...verdicts.map((verdict, at) =>
        scenarioFinished({ scenario: 'a/1', verdict }, asExpected(), 'pptpd', { round: at + 1 }),
      ),
    )
  expect(compareImplementations(rounds('pass', 'fail'), rounds('pass')).cases).toEqual([])
  expect(compareImplementations(rounds('fail', 'pass'), rounds('pass')).cases).toHaveLength(1)
})

test('monitors that find a requirement kept on one side and broken on the other are listed', () => {
  const left = tally(
    implementationStarted([]),
    implementationFinished({ watched: [sumOf('m', '1/x'), sumOf('m', '1/y'), sumOf('m', '1/only')] }),
  )
  const right = tally(
    implementationStarted([]),
    implementationFinished({
      watched: [brokenSum('m', '1/x', { comparison: NO_BASELINE }), sumOf('m', '1/y')],
    }),
  )
  const difference = compareImplementations(left, right)
  expect(difference.watched).toEqual([{ id: 'm 1/x', left: 'pass', right: 'fail', rightSeen: '1/x broken' }])
  expect(isSame(difference)).toBe(false)
  expect(differenceText({ ...difference, left: 'l', right: 'r' }, false)).toContain(
    'Monitors\n       l     r\nm 1/x  pass  fail',
  )
})

test('without a difference the text says so', () => {
  const same = unnamed({ 'a/b': [] })
  const text = differenceText({ ...compareImplementations(same, same), left: 'l', right: 'r' }, false)
  expect(text).toBe('l and r: 1 case on both\nno difference')
})

test('hostile text is escaped', () => {
  const evil = 'x\u001b[2J\u202e'
  const left = unnamed({ [evil]: [broken(evil, { seen: evil })], [`${evil}2`]: [] })
  const right = unnamed({ [evil]: [broken(evil, { seen: `${evil} 3`, verdict: 'warn' })] })
  const text = differenceText({ ...compareImplementations(left, right), left: 'l', right: 'r' }, false)
  expect(text).toContain('\\x1b')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters must be escaped
  expect([text, ...listed('Only in', 'l', [evil])].join('\n')).not.toMatch(/[\u001b\u202e]/)
})
