import { expect, it } from 'vitest'
import { nearestNames } from './nearest.ts'

const SCENARIOS = ['echo/reply', 'echo/many', 'start/reply', 'start/bad-magic-cookie', 'stop/reply']

it.each([
  ['a misspelt name', 'start/bad-magic-coockie', SCENARIOS, ['start/bad-magic-cookie']],
  ['a part of a name', 'cookie', SCENARIOS, ['start/bad-magic-cookie']],
  ['a misspelt folder in a glob', 'ecko/*', SCENARIOS, ['echo/reply', 'echo/many']],
  ['a folder', 'echo', SCENARIOS, ['echo/reply', 'echo/many']],
  ['a case of a scenario', 'start/bad-magic-coockie#cookie=0', SCENARIOS, ['start/bad-magic-cookie']],
  ['not more than three names', 'e/', ['a', 'b', 'c', 'd'], ['a', 'b', 'c']],
  ['capitals do not matter', 'PHONENUMBER', ['phoneNumber'], ['phoneNumber']],
  ['the likeliest name comes first', 'timer', ['times', 'timers'], ['timers', 'times']],
  ['no name is similar', 'something', SCENARIOS, []],
  ['no name is known', 'something', [], []],
])('%s', (_, name, known, nearest) => expect(nearestNames(name, known)).toEqual(nearest))
