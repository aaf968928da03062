import { expect, test } from 'vitest'
import { type Misattribution, misattributionsOf } from './attribution.ts'
import type { Kill, MutantProof } from './kills.ts'

const BY = { kind: 'scenario', id: 'made-up/echo@recipient' } as const

const kill = (...requirements: readonly string[]): Kill => ({
  by: BY,
  mutant: 'echo-no-reply',
  verdict: 'fail',
  requirements,
  cases: ['made-up/echo@recipient'],
  expected: 'a reply',
  seen: 'none',
})

const CATALOGUE = { 'x/reply': {}, 'x/alive': {} }

function flaws(mutant: Partial<MutantProof>, isWhole = true): readonly Misattribution[] {
  const sound: MutantProof = {
    mutant: 'echo-no-reply',
    side: 'recipient',
    breaks: ['x/reply'],
    consequences: ['x/alive'],
    result: 'killed',
    kills: [kill('x/reply')],
    disturbed: [],
  }
  return misattributionsOf([{ ...sound, ...mutant }], { catalogue: CATALOGUE, isWhole })
}

test('a mutant whose requirement is found broken, with or without its consequences, has no flaw', () => {
  expect(flaws({})).toEqual([])
  expect(flaws({ kills: [kill('x/alive'), kill('x/alive', 'x/reply')] })).toEqual([])
})

test('a mutant has to name a requirement', () => {
  expect(flaws({ breaks: [], kills: [] })).toEqual([{ mutant: 'echo-no-reply', flaw: 'nothing-named' }])
})

test('the requirements that a mutant names have to be in the catalogue, where one is given', () => {
  const unknown = { breaks: ['x/reply', 'x/colour'], consequences: ['x/smell'] }
  expect(flaws(unknown)).toEqual([
    { mutant: 'echo-no-reply', flaw: 'unknown', requirements: ['x/colour', 'x/smell'] },
  ])
})

test('where all scenarios were played, a kill has to find a requirement of `breaks` broken', () => {
  const unseen = { kills: [kill('x/alive')] }
  expect(flaws(unseen)).toEqual([{ mutant: 'echo-no-reply', flaw: 'not-shown', requirements: ['x/reply'] }])
  expect(flaws(unseen, false)).toEqual([])
  expect(flaws({ kills: [], result: 'survived' })).toEqual([])
})

test('a requirement found broken that the mutant does not name is an accusation by its finder', () => {
  expect(flaws({ kills: [kill('x/reply', 'x/manners'), kill('x/reply')] })).toEqual([
    { mutant: 'echo-no-reply', flaw: 'accused', by: BY, requirements: ['x/manners'] },
  ])
})
