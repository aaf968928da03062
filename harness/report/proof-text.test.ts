import { expect, test } from 'vitest'
import { type Kill, type MutantProof, type Proof, shortcomingsOf } from '../proof/proof.ts'
import { MUTANTS } from '../reference/mutants.ts'
import { matrixText, proofText, whatShows } from './proof-text.ts'

const KILL: Kill = {
  by: { kind: 'scenario', id: 'made-up/echo' },
  mutant: 'echo-wrong-identifier',
  verdict: 'fail',
  requirements: ['x/identifier'],
  cases: ['made-up/echo#a=1', 'made-up/echo#a=2'],
  expected: '1',
  seen: '2',
}

const KILLED: MutantProof = {
  mutant: 'echo-wrong-identifier',
  side: 'recipient',
  breaks: ['x/identifier'],
  consequences: [],
  result: 'killed',
  kills: [KILL],
  disturbed: [],
}

const CLEAN: Proof = {
  cases: 2,
  plays: 4,
  scenarios: [
    {
      kind: 'scenario',
      id: 'made-up/echo',
      claims: ['echo-wrong-identifier'],
      kills: [KILL],
      falseClaims: [],
      silent: [],
    },
  ],
  monitors: [],
  mutants: [KILLED],
  unclean: [],
  decided: ['x/identifier'],
  decidedOn: { recipient: ['x/identifier'], originator: [] },
  unproven: [],
}

const UNCLEAN: Proof = {
  ...CLEAN,
  monitors: [
    {
      kind: 'monitor',
      id: 'lazy',
      claims: ['ignores-start'],
      kills: [],
      falseClaims: ['ignores-start'],
      silent: [],
    },
  ],
  mutants: [
    KILLED,
    {
      mutant: 'ignores-start',
      side: 'recipient',
      breaks: ['x/politeness'],
      consequences: ['x/identifier', 'x/grace'],
      result: 'survived',
      kills: [],
      disturbed: [{ case: 'made-up/echo#a=1', verdict: 'inconclusive', reason: 'no reply' }],
    },
    {
      mutant: 'start-request-version-0',
      side: 'originator',
      breaks: [],
      consequences: [],
      result: 'not-reached',
      kills: [],
      disturbed: [],
    },
  ],
  unclean: [{ case: 'made-up/echo#a=1', verdict: 'warn', detail: 'x/politeness: expected more, seen less' }],
  unproven: ['x/politeness'],
}

function textOf(proof: Proof, coverage?: []): string {
  const wrong = shortcomingsOf(proof, { role: 'recipient' })
  return proofText({ proof, wrong, coverage, roles: ['recipient'], seconds: 1.25 })
}

test('a clean proof of a part is two lines', () => {
  expect(textOf(CLEAN)).toBe(
    '1 scenario, 2 cases, 0 monitors, 1 of 1 mutant killed, 4 plays in 1.3 s\nclean\n',
  )
})

test('each kind of shortcoming that exists has a heading with its number', () => {
  const text = textOf(UNCLEAN)
  const title = MUTANTS['ignores-start']
  expect(text.split('\n')).toEqual([
    'The reference is not clean (1):',
    '    made-up/echo#a=1: warn: x/politeness: expected more, seen less',
    '',
    'Idle, because they fail on no mutant (1):',
    '    monitor lazy',
    '',
    'Claims of mutants (provenBy) that they do not kill (1):',
    '    monitor lazy: ignores-start',
    '',
    'Survivors, which no scenario or monitor tells from the reference (1):',
    `    ignores-start (${title.section}): ${title.title}; 1 case came to no verdict`,
    '',
    'Mutants that name the wrong requirements (1):',
    '    start-request-version-0 names no requirement that it breaks',
    '',
    'Not reached, because they show only in an originator (1):',
    '    start-request-version-0',
    '',
    '1 scenario, 2 cases, 1 monitor, 1 of 3 mutants killed, 4 plays in 1.3 s',
    'not clean',
    '',
  ])
})

test('a mutant that names the wrong requirements is listed, with what finds others broken', () => {
  const wrong = (mutant: Partial<MutantProof>) => {
    const proof = { ...CLEAN, mutants: [{ ...KILLED, ...mutant }] }
    const shortcomings = shortcomingsOf(proof, { role: 'both', catalogue: { 'x/identifier': {} } })
    return proofText({ proof, wrong: shortcomings, roles: [], seconds: 1 }).split('\n')[1]
  }
  expect(wrong({ breaks: ['x/identifier', 'x/colour'] })).toBe(
    '    echo-wrong-identifier names x/colour, which the catalogue does not have',
  )
  expect(
    wrong({ breaks: ['x/identifier'], kills: [{ ...KILL, requirements: ['x/a', 'x/identifier'] }] }),
  ).toBe('    echo-wrong-identifier: made-up/echo finds x/a broken, which the mutant does not name')
  expect(wrong({ kills: [{ ...KILL, requirements: ['x/a'] }], consequences: ['x/a'] })).toBe(
    '    echo-wrong-identifier names x/a, which the catalogue does not have',
  )
})

test('the proof of all suites says which requirements are not decided', () => {
  expect(textOf(UNCLEAN, [])).toContain(
    [
      'Decided, but no mutant breaks them (1):',
      '    x/politeness',
      '',
      'Requirements that concern the recipient: 0 not decided, 0 for which no scenario gives an occasion',
      '    pptpspec coverage lists them',
      '',
    ].join('\n'),
  )
})

test('the matrix lists the killers of each mutant, and the kills of each scenario and monitor', () => {
  expect(matrixText(UNCLEAN).split('\n')).toEqual([
    'echo-wrong-identifier: killed by 1',
    '    breaks x/identifier',
    '    made-up/echo fail: x/identifier (2 cases)',
    'ignores-start: survived',
    '    breaks x/politeness',
    '    in consequence x/identifier, x/grace',
    '    1 case came to no verdict, e.g. made-up/echo#a=1',
    'start-request-version-0: not reached',
    '    breaks nothing',
    '',
    'made-up/echo kills 1',
    '    echo-wrong-identifier',
    'monitor lazy kills 0',
    '',
    '',
  ])
})

test('the matrix of a part of a proof leaves out what was not reached', () => {
  expect(matrixText(whatShows(UNCLEAN)).split('\n')).toEqual([
    'echo-wrong-identifier: killed by 1',
    '    breaks x/identifier',
    '    made-up/echo fail: x/identifier (2 cases)',
    'ignores-start: survived',
    '    breaks x/politeness',
    '    in consequence x/identifier, x/grace',
    '    1 case came to no verdict, e.g. made-up/echo#a=1',
    '',
    'made-up/echo kills 1',
    '    echo-wrong-identifier',
    '',
    '',
  ])
})
