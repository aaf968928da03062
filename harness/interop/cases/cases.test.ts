import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { caseGroups, withInteropTables } from '../document.ts'
import { MIDDLEBOX_CASES } from '../middlebox/cases.ts'
import { MIDDLEBOX_REQUIREMENTS } from '../middlebox/requirements.ts'
import { PATH_NAMES } from '../paths.ts'
import { INTEROP_REQUIREMENTS } from '../requirements.ts'
import { INTEROP_CASES } from './index.ts'

it('has cases with unique ids, on every path, for every requirement', () => {
  const ids = INTEROP_CASES.map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids).toContain('ping/size#octets=1400@direct')
  expect([...new Set(INTEROP_CASES.map(({ path }) => path))].sort()).toEqual([...PATH_NAMES].sort())
  expect([...new Set(INTEROP_CASES.flatMap(({ decides }) => decides))].sort()).toEqual(
    Object.keys(INTEROP_REQUIREMENTS).sort(),
  )
})

it('has cases for middleboxes with unique ids, for every requirement', () => {
  const ids = MIDDLEBOX_CASES.map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids).toContain('middlebox/segments#from=server@nat')
  expect([...new Set(MIDDLEBOX_CASES.flatMap(({ decides }) => decides))].sort()).toEqual(
    Object.keys(MIDDLEBOX_REQUIREMENTS).sort(),
  )
})

it('states the purpose of each case in one sentence', () => {
  for (const { purpose, name } of caseGroups()) expect(purpose, name).toMatch(/^[A-Z].*\.$/)
})

it('has its current tables in docs/interop.md', () => {
  const manual = readFileSync(new URL('../../../docs/interop.md', import.meta.url), 'utf8')
  expect(withInteropTables(manual)).toBe(manual)
  expect(() => withInteropTables('# Something else')).toThrow(RangeError)
})
