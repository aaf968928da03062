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
  ['words of ids before those of texts', 'echo/identifier', ['2.6/identifier', '2.5/reply-to-each']],
  ['rare words first', 'window/fill', ['4.4/window-fill', '2.7/window', '2.1/names-any']],
  ['other forms of a word', 'start/name', ['2.1/names-any']],
  ['a slip, where no word is known', 'tunnel/widnow', ['2.7/window', '4.4/window-fill']],
  ['no slip beside a word that is known', 'vendor/widnow', ['2.1/names-any']],
  ['nothing alike', 'tunnel/gap', []],
])('%s', (_, name, nearest) => expect(nearestRequirements(name, REQUIREMENTS, 3)).toEqual(nearest))

it('offers no more than are asked for', () => {
  expect(nearestRequirements('echo/window', REQUIREMENTS, 1)).toHaveLength(1)
})
