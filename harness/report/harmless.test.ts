import { expect, test } from 'vitest'
import { harmless } from './harmless.ts'

test('all control characters are escaped', () => {
  expect(harmless('a\u001b[2J\r\u009b1m\n\tb é')).toBe('a\\x1b[2J\\x0d\\x9b1m\n\tb é')
})
