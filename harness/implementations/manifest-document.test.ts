import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { manifestFields, manifestJsonSchema, withTables } from './manifest-document.ts'
import { packageRoot } from './package-root.ts'

const document = (name: string) => readFileSync(join(packageRoot(), 'docs', name), 'utf8')

it('docs/manifest.schema.json is what npm run docs makes of the fields', () => {
  expect(JSON.parse(document('manifest.schema.json'))).toEqual(manifestJsonSchema())
})

it('the tables in docs/adding-an-implementation.md are, too', () => {
  const manual = document('adding-an-implementation.md')
  expect(withTables(manual)).toBe(manual)
  expect(() => withTables('# Something else')).toThrow(RangeError)
  expect(() => withTables(manual.replace('<!-- end of needs -->', ''))).toThrow(/needs/)
})

it('every field has a description, and every field without fields of its own has an example', () => {
  for (const { path, type, description, example } of manifestFields()) {
    expect(description, path).not.toBe('')
    expect(example === '', path).toBe(type === 'fields')
  }
})

it('shows which fields are required', () => {
  const demanded = Object.fromEntries(manifestFields().map((row) => [row.path, row.demanded]))
  expect(demanded).toMatchObject({
    name: 'yes',
    'pics.roles': 'yes',
    'pics.mppe': '',
    'timers.dial': '',
    log: '',
    'log.connectionOver': 'if `log` is',
    'ppp.own.secret': 'if `ppp.own` is',
  })
})
