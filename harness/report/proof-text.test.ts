import { expect, test } from 'vitest'
import { type Kill, type MutantProof, type Proof, shortcomingsOf } from '../proof/proof.ts'
import { MUTANTS } from '../reference/mutants.ts'
import { matrixText, proofText } from './proof-text.ts'

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
  fate: 'killed',
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
      fate: 'survived',
      kills: [],
      disturbed: [{ case: 'made-up/echo#a=1', verdict: 'inconclusive', reason: 'no reply' }],
    },
    { mutant: 'start-request-version-0', side: 'originator', fate: 'not-reached', kills: [], disturbed: [] },
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

test('each kind of shortcoming has a heading with its number, and only those that there are', () => {
  const text = textOf(UNCLEAN)
  const title = MUTANTS['ignores-start']
  expect(text.split('\n')).toEqual([
    'The reference is not clean (1):',
    '    made-up/echo#a=1: warn: x/politeness: expected more, seen less',
    '',
    'Idle, for no mutant fails them (1):',
    '    monitor lazy',
    '',
    'False claims of mutants that prove them (1):',
    '    monitor lazy: ignores-start',
    '',
    'Survivors, which nothing tells from the reference (1):',
    `    ignores-start (${title.section}): ${title.title}; 1 case came to no verdict`,
    '',
    'Not reached, for they show only in an originator (1):',
    '    start-request-version-0',
    '',
    '1 scenario, 2 cases, 1 monitor, 1 of 3 mutants killed, 4 plays in 1.3 s',
    'not clean',
    '',
  ])
})

test('a whole proof says what the catalogue lacks', () => {
  expect(textOf(UNCLEAN, [])).toContain(
    [
      'Decided, but no mutant breaks them (1):',
      '    x/politeness',
      '',
      'Requirements that concern the recipient: 0 that nothing decides, 0 that no scenario gives an occasion',
      '    pptpspec coverage lists them',
      '',
    ].join('\n'),
  )
})

test('the matrix goes from mutants to who kills them, and back', () => {
  expect(matrixText(UNCLEAN).split('\n')).toEqual([
    'echo-wrong-identifier: killed by 1',
    '    made-up/echo fail: x/identifier (2 cases)',
    'ignores-start: survived',
    '    1 case came to no verdict, e.g. made-up/echo#a=1',
    'start-request-version-0: not reached',
    '',
    'made-up/echo kills 1',
    '    echo-wrong-identifier',
    'monitor lazy kills 0',
    '',
    '',
  ])
})
