import { expect, it } from 'vitest'
import { SCENARIOS } from '../../suites/index.ts'
import { UsageError } from '../errors/errors.ts'
import { scenarioName } from '../scenario/scenario.ts'
import { selectCases } from './select.ts'

const idsOf = (...tags: readonly string[]) => selectCases(SCENARIOS, { tags }).map(({ id }) => id)

it('selects timed scenarios by their tag, and leaves them out with !', () => {
  const timed = SCENARIOS.filter(({ timer }) => timer !== undefined)
  expect(timed.map(scenarioName)).toContain('stop/refused@originator')
  expect(SCENARIOS.filter(({ tags }) => tags.includes('timed'))).toEqual(timed)
  const all = selectCases(SCENARIOS, {})
  expect(idsOf('timed').length + idsOf('!timed').length).toBe(all.length)
  expect(idsOf('!timed')).not.toContain('stop/refused@originator')
})

it('selects scenarios with any of the wanted tags, and leaves out those with an unwanted tag', () => {
  expect(idsOf('long', 'timed')).toEqual(
    expect.arrayContaining(['session/bulk@recipient', 'timers/silence@recipient']),
  )
  expect(idsOf('long', '!timed')).toEqual(idsOf('long').filter((id) => !idsOf('timed').includes(id)))
  expect(idsOf('!long', '!timed')).not.toContain('session/bulk@recipient')
})

it.each(['nope', '!nope'])('lists the known tags for the unknown tag %s', (tag) => {
  expect(() => idsOf(tag)).toThrow(
    expect.objectContaining({
      message: 'no scenario has the tag "nope"',
      remedy: expect.stringMatching(/timed.*long|long.*timed/),
    }),
  )
  expect(() => idsOf(tag)).toThrow(UsageError)
})

it('selects the cases of one role only', () => {
  const originators = selectCases(SCENARIOS, { scenarios: ['echo/{many,reply}'], roles: ['originator'] })
  expect(new Set(originators.map(({ scenario }) => scenarioName(scenario)))).toEqual(
    new Set(['echo/many@originator', 'echo/reply@originator']),
  )
  expect(() =>
    selectCases(SCENARIOS, { scenarios: ['echo/{many,reply}@recipient'], roles: ['originator'] }),
  ).toThrow(/nothing to play/)
})

it.each([
  ['echo/rely', /^did you mean echo\/reply or/],
  ['echo/rely@originator', /^did you mean echo\/reply@originator or/],
])('for %s it suggests names of the same kind', (glob, remedy) => {
  expect(() => selectCases(SCENARIOS, { scenarios: [glob] })).toThrow(
    expect.objectContaining({ remedy: expect.stringMatching(remedy) }),
  )
})
