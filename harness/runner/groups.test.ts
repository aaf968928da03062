import { describe, expect, test } from 'vitest'
import { essence, groupsOf, masked, type UnexplainedFinding, unexplainedFindings } from './groups.ts'
import { finding, result } from './testing/results.ts'

/** `fail 1/x in a/one: it is silent`, `inconclusive in a/one: no call` */
function evidence(text: string, more: Partial<UnexplainedFinding> = {}): UnexplainedFinding {
  const [, verdict = '', requirement, name = '', seen = ''] =
    /^(\S+) (?:(\S+) )?in (\S+): (.*)$/.exec(text) ?? []
  return {
    case: name,
    ...(requirement === undefined ? {} : { requirement }),
    verdict: verdict as UnexplainedFinding['verdict'],
    expected: 'e',
    seen,
    ...more,
  }
}

const groups = (...texts: readonly (string | UnexplainedFinding)[]) =>
  groupsOf(texts.map((one) => (typeof one === 'string' ? evidence(one) : one)))

test('no evidence makes no group', () => {
  expect(groups()).toEqual([])
})

test('a requirement is one group, whatever the cases', () => {
  const [group, ...more] = groups('fail 1/x in a: silence', 'warn 1/x in b: noise', 'fail 1/x in a: noise')
  expect(more).toEqual([])
  expect(group).toMatchObject({
    verdict: 'fail',
    requirements: ['1/x'],
    follows: [],
    cases: ['a', 'b'],
    ownCases: ['a', 'b'],
    monitors: [],
  })
  expect(group?.evidence).toHaveLength(3)
})

test('requirements that rest on the same evidence in the same cases are one group', () => {
  const [group, ...more] = groups(
    'fail 1/x in a: closed after 12 ms',
    'fail 1/x in b: closed after 15 ms',
    'fail 1/y in a: closed after 13 ms',
    'fail 1/y in b: closed after 15 ms',
  )
  expect(more).toEqual([])
  expect(group).toMatchObject({ requirements: ['1/x', '1/y'], follows: [], cases: ['a', 'b'] })
})

test('the same trace entry is the same evidence, whatever the texts say', () => {
  expect(
    groups(
      evidence('fail 1/x in a: one', { entry: 4 }),
      evidence('fail 1/y in a: other', { entry: 4 }),
      evidence('fail 1/z in a: another', { entry: 5 }),
    ).map(({ requirements }) => requirements),
  ).toEqual([['1/x', '1/y'], ['1/z']])
})

test('a requirement that the same evidence breaks in some of the cases only is listed after the first', () => {
  const [group, ...more] = groups(
    'fail 1/y in a: silence',
    'fail 1/x in a: silence',
    'fail 1/x in b: silence',
  )
  expect(more).toEqual([])
  expect(group).toMatchObject({ requirements: ['1/x'], follows: ['1/y'], cases: ['a', 'b'] })
})

describe('stay apart', () => {
  test.each([
    ['different evidence in one case', ['fail 1/x in a: silence', 'fail 1/y in a: noise']],
    ['the same words in other cases', ['fail 1/x in a: silence', 'fail 1/y in b: silence']],
    [
      'requirements with the same evidence in one case and different evidence in another',
      ['fail 1/x in a: silence', 'fail 1/x in b: silence', 'fail 1/y in a: silence', 'fail 1/y in b: noise'],
    ],
    ['inconclusive cases and findings', ['fail 1/x in a: silence', 'inconclusive in b: silence']],
  ])('%s', (_, texts) => {
    expect(groups(...texts)).toHaveLength(2)
  })
})

test('inconclusive cases are grouped by their reason without its numbers', () => {
  const told = groups(
    'inconclusive in a: no reply within 1000 ms',
    'inconclusive in b: no reply within 1500 ms',
    'inconclusive in c: no connection',
    'error in d: no connection',
  )
  expect(told.map(({ verdict, requirements, cases }) => ({ verdict, requirements, cases }))).toEqual([
    { verdict: 'error', requirements: [], cases: ['d'] },
    { verdict: 'inconclusive', requirements: [], cases: ['a', 'b'] },
    { verdict: 'inconclusive', requirements: [], cases: ['c'] },
  ])
})

test('the worst groups come first: by verdict, then by the number of cases', () => {
  const told = groups(
    'inconclusive in q: no call',
    'warn 1/w in a: w',
    'warn 1/v in b: v',
    'warn 1/v in c: v',
    'fail 1/f in a: f',
    'fail 1/g in a: g',
    'fail 1/g in b: g',
    'error in r: broken',
  )
  expect(told.map(({ requirements, verdict }) => requirements[0] ?? verdict)).toEqual([
    'error',
    '1/g',
    '1/f',
    '1/v',
    '1/w',
    'inconclusive',
  ])
})

test("the example is the gravest, a scenario's own before a monitor's", () => {
  const [group] = groups(
    'warn 1/x in a: mild',
    evidence('fail 1/x in b: watched', { monitor: 'eye' }),
    'fail 1/x in c: own',
    evidence('fail 1/x in d: watched', { monitor: 'ear' }),
  )
  expect(group?.first).toMatchObject({ case: 'c' })
  expect(group).toMatchObject({ monitors: ['eye', 'ear'], ownCases: ['a', 'c'], cases: ['a', 'b', 'c', 'd'] })
})

test('the evidence of a result is its violations, or the reason why it has no verdict', () => {
  expect(unexplainedFindings(result('a', 'fail', 'pass 1/x', finding('fail 1/y', { entry: 3 })))).toEqual([
    { case: 'a', requirement: '1/y', verdict: 'fail', expected: 'e', seen: 's', entry: 3 },
  ])
  expect(unexplainedFindings({ ...result('a', 'inconclusive', 'fail 1/x'), reason: 'no call' })).toEqual([
    { case: 'a', verdict: 'inconclusive', expected: 'a verdict', seen: 'no call' },
  ])
  expect(unexplainedFindings(result('a', 'error'))).toMatchObject([{ verdict: 'error', seen: 'error' }])
  expect(unexplainedFindings(result('a', 'skip'))).toEqual([])
})

test('`masked` replaces all numbers; `essence` keeps those that do not differ from run to run', () => {
  expect(masked('closed 12.5 ms after 0x1A2b, 3 times')).toBe('closed #.# ms after #, # times')
  expect(essence('Call ID 513 from 10.0.0.1 port 4711 after 1.5 s: Result Code 2')).toBe(
    'Call ID # from # port # after # s: Result Code 2',
  )
})
