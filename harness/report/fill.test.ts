import { expect, test } from 'vitest'
import { filled, filledList } from './fill.ts'

test('text is broken at blanks, and later lines are indented further', () => {
  expect(filled('one two three four', 2, 10)).toEqual(['  one two', '    three', '    four'])
})

test('a word that is too long for a line stays whole', () => {
  expect(filled('unbreakable', 2, 5)).toEqual(['  unbreakable'])
})

test('a list is broken after its commas, before column 100', () => {
  const words = Array.from({ length: 12 }, () => 'x'.repeat(9))
  const lines = filledList(words)
  expect(lines).toHaveLength(2)
  expect(lines.every((line) => line.startsWith('    ') && line.length <= 100)).toBe(true)
  expect(lines.join('').replaceAll(' ', '').split(',')).toEqual(words)
})
