import { expect, it } from 'vitest'
import { nearestRequirements } from './nearest-requirements.ts'

const REQUIREMENTS = {
  '2.5/reply-to-each': { text: 'Each Echo-Request received is answered with an Echo-Reply.' },
  '2.6/identifier': { text: 'An Echo-Reply carries the Identifier of the Echo-Request.' },
  '2.1/names-any': { text: 'Host Name and Vendor Name may be empty or fill all octets.' },
  '2.7/window': { text: 'The window of an Outgoing-Call-Request is at least 1.' },
  '4.4/window-fill': { text: 'A sender keeps to the window.' },
}

it.each<[string, string, readonly string[]]>([
  [
    'a word in an id counts more than one in a text',
    'echo/identifier',
    ['2.6/identifier', '2.5/reply-to-each'],
  ],
  [
    'a rare word counts more than a common one',
    'window/fill',
    ['4.4/window-fill', '2.7/window', '2.1/names-any'],
  ],
  ['another form of a word matches', 'start/name', ['2.1/names-any']],
  ['a misspelt word matches where no word is known', 'tunnel/widnow', ['2.7/window', '4.4/window-fill']],
  ['a misspelt word beside a known one does not count', 'vendor/widnow', ['2.1/names-any']],
  ['a stop word does not count', 'gap/of-each', []],
  ['a name without a known word resembles nothing', 'tunnel/gap', []],
])('%s', (_, name, nearest) => expect(nearestRequirements(name, REQUIREMENTS, 3)).toEqual(nearest))

it('returns no more requirements than asked for', () => {
  expect(nearestRequirements('echo/window', REQUIREMENTS, 1)).toHaveLength(1)
})
