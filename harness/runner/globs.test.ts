import fc from 'fast-check'
import { expect, it } from 'vitest'
import { SCENARIOS } from '../../suites/index.ts'
import { casesOf } from '../scenario/scenario.ts'
import { caseMatcher, nameMatcher, namesLike } from './globs.ts'
import { globsFor } from './update-baseline.ts'

const CASES = [
  'echo/reply#identifier=0@recipient',
  'echo/reply#identifier=0@originator',
  'echo/many@recipient',
]

it.each([
  ['echo/*', [0, 1, 2]],
  ['echo/reply', [0, 1]],
  ['echo/reply#identifier=0', [0, 1]],
  ['echo/*@originator', [1]],
  ['echo/reply@recipient', [0]],
  ['echo/reply#*@recipient', [0]],
  ['echo/reply#identifier=0@originator', [1]],
  ['*/*@*', [0, 1, 2]],
  ['echo/@(many|few)', [2]],
  ['echo/many@originator', []],
  ['!echo/many', []],
])('the glob %s names cases of its role, or of both roles without one', (glob, named) => {
  const matches = caseMatcher(glob)
  expect(CASES.filter(matches)).toEqual(named.map((at) => CASES[at]))
})

it('a glob on requirements stops at the slash', () => {
  expect(['2.6/identifier', '2.6', '2.7/identifier'].map(nameMatcher('2.6/*'))).toEqual([true, false, false])
})

it('names that resemble a glob have a role if the glob has one', () => {
  expect(namesLike('echo/rely', CASES)).toEqual(['echo/reply', 'echo/many'])
  expect(namesLike('echo/rely@recipient', CASES)).toEqual([
    'echo/reply@recipient',
    'echo/reply@originator',
    'echo/many@recipient',
  ])
})

const ALL = SCENARIOS.flatMap(casesOf).map(({ id }) => id)
const listOf = (globs: string | readonly string[]) => (typeof globs === 'string' ? [globs] : globs)

it('the id of each existing case, used as a glob, names that case alone', () => {
  for (const id of ALL) expect(ALL.filter(caseMatcher(id))).toEqual([id])
})

it.each([
  ['one scenario, all variations', ['a/many#v=1@recipient', 'a/many#v=2@recipient'], 'a/many#*@recipient'],
  [
    'some variations',
    ['a/many#v=1@recipient', 'a/one@recipient'],
    ['a/many#v=1@recipient', 'a/one@recipient'],
  ],
  ['both roles', ['a/one@recipient', 'a/one@originator'], 'a/one'],
  ['a case that exists in one role only', ['b/two@recipient'], 'b/two'],
  [
    'everything of one scenario',
    ['a/many#v=1@recipient', 'a/many#v=2@recipient', 'a/many#v=1@originator'],
    'a/many#*',
  ],
  ['a scenario that varies in the other role only', ['c/odd@recipient'], 'c/odd@recipient'],
])('the globs for %s', (_, ids, globs) => {
  const known = [
    'a/one@recipient',
    'a/one@originator',
    'a/many#v=1@recipient',
    'a/many#v=2@recipient',
    'a/many#v=1@originator',
    'b/two@recipient',
    'c/odd@recipient',
    'c/odd#v=1@originator',
  ]
  expect(globsFor(ids, known)).toEqual(globs)
})

it('the globs for any cases name exactly those cases', () => {
  const scenarios = [...new Set(ALL.map((id) => id.split(/[#@]/)[0] ?? id))]
  fc.assert(
    fc.property(
      fc.subarray(scenarios, { minLength: 1, maxLength: 4 }).chain((some) =>
        fc.subarray(
          ALL.filter((id) => some.includes(id.split(/[#@]/)[0] ?? id)),
          { minLength: 1 },
        ),
      ),
      (ids) => {
        const globs = listOf(globsFor(ids, ALL)).map(caseMatcher)
        expect(ALL.filter((id) => globs.some((matches) => matches(id)))).toEqual(ids)
      },
    ),
    { numRuns: 50 },
  )
})

it('refuses a glob that is longer than any id', () => {
  expect(() => caseMatcher('a'.repeat(70_000))).toThrow(/a glob has 70000 characters/)
})
