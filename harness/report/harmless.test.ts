import { expect, test } from 'vitest'
import { harmless } from './harmless.ts'

test('nothing is left for a terminal to obey', () => {
  expect(harmless('a\u001b[2J\r\u009b1m\n\tb é')).toBe('a\\x1b[2J\\x0d\\x9b1m\n\tb é')
})
