import { expect, test } from 'vitest'
import { columns, counted } from './columns.ts'

test('columns are as wide as their widest cell, and no line ends with blanks', () => {
  expect(
    columns([
      ['a', 'b', 'a long last cell'],
      ['wide', '', ''],
      ['x', 'yy', 'z'],
    ]),
  ).toEqual(['a     b   a long last cell', 'wide', 'x     yy  z'])
})

test('a noun is singular only after 1', () => {
  expect([0, 1, 2].map((count) => counted(count, 'case'))).toEqual(['0 cases', '1 case', '2 cases'])
})
