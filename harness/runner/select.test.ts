import { expect, it } from 'vitest'
import { SCENARIOS } from '../../suites/index.ts'
import { UsageError } from '../errors/errors.ts'
import { selectCases } from './select.ts'

const idsOf = (...tags: readonly string[]) => selectCases(SCENARIOS, { tags }).map(({ id }) => id)

it('knows every timed scenario by its tag, and leaves them out when told to', () => {
  const timed = SCENARIOS.filter(({ timer }) => timer !== undefined)
  expect(timed.map(({ id }) => id)).toContain('originator-stop/refused')
  expect(SCENARIOS.filter(({ tags }) => tags.includes('timed'))).toEqual(timed)
  const all = selectCases(SCENARIOS, {})
  expect(idsOf('timed').length + idsOf('!timed').length).toBe(all.length)
  expect(idsOf('!timed')).not.toContain('originator-stop/refused')
})

it('takes any of the tags, and none of those that are not wanted', () => {
  expect(idsOf('long', 'timed')).toEqual(expect.arrayContaining(['session/bulk', 'timers/silence']))
  expect(idsOf('long', '!timed')).toEqual(idsOf('long').filter((id) => !idsOf('timed').includes(id)))
  expect(idsOf('!long', '!timed')).not.toContain('session/bulk')
})

it.each(['nope', '!nope'])('names the tags there are for %s', (tag) => {
  expect(() => idsOf(tag)).toThrow(
    expect.objectContaining({
      message: 'no scenario has the tag "nope"',
      remedy: expect.stringMatching(/timed.*long|long.*timed/),
    }),
  )
  expect(() => idsOf(tag)).toThrow(UsageError)
})
