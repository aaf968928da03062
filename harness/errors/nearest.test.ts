import { expect, it } from 'vitest'
import { nearestNames } from './nearest.ts'

const SCENARIOS = ['echo/reply', 'echo/many', 'start/reply', 'start/bad-magic-cookie', 'stop/reply']

it.each([
  ['a slip', 'start/bad-magic-coockie', SCENARIOS, ['start/bad-magic-cookie']],
  ['a part, whatever surrounds it', 'cookie', SCENARIOS, ['start/bad-magic-cookie']],
  ['a glob on a folder', 'ecko/*', SCENARIOS, ['echo/reply', 'echo/many']],
  ['a folder', 'echo', SCENARIOS, ['echo/reply', 'echo/many']],
  ['a case of a scenario', 'start/bad-magic-coockie#cookie=0', SCENARIOS, ['start/bad-magic-cookie']],
  ['three at most', 'e/', ['a', 'b', 'c', 'd'], ['a', 'b', 'c']],
  ['capitals', 'PHONENUMBER', ['phoneNumber'], ['phoneNumber']],
  ['the likeliest first', 'timer', ['times', 'timers'], ['timers', 'times']],
  ['nothing alike', 'something', SCENARIOS, []],
  ['nothing known', 'something', [], []],
])('%s', (_, name, known, nearest) => expect(nearestNames(name, known)).toEqual(nearest))
