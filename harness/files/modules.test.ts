import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { importModules, staticModules } from './modules.ts'

/** Makes a folder with these files, each of which exports its own path as default. */
function folderOf(...files: readonly string[]): URL {
  const folder = mkdtempSync(join(tmpdir(), 'pptpspec-modules-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const file of files) {
    mkdirSync(join(folder, dirname(file)), { recursive: true })
    writeFileSync(join(folder, file), `export default ${JSON.stringify(file)}\n`)
  }
  return pathToFileURL(`${folder}/`)
}

const PROGRAM = ['b/two.ts', 'b/one-more.ts', 'b/one.ts', 'a/deep/er.ts', 'top.ts']
const REST = ['b/one.test.ts', 'b/one.d.ts', 'b/testing/x.ts', 'testing/y.ts', 'b/notes.md']

test('modules are imported, sorted by path; tests, declarations and folders called testing are not', async () => {
  const found = await importModules(folderOf(...PROGRAM, ...REST), () => true)
  expect(found.map(({ path }) => path)).toEqual(['a/deep/er', 'b/one', 'b/one-more', 'b/two', 'top'])
  for (const { file, path, exports } of found) {
    expect(file).toBe(`${path}.ts`)
    expect(exports.default).toBe(file)
  }
})

test('a module that is not wanted is not imported', async () => {
  const folder = folderOf('a/one.ts', 'b/one.ts')
  writeFileSync(new URL('b/one.ts', folder), 'throw new Error("imported")')
  expect(await importModules(folder, (path) => path.startsWith('a/'))).toHaveLength(1)
  await expect(importModules(folder, () => true)).rejects.toThrow('imported')
})

test('a module of static imports exports what importModules returns', async () => {
  const folder = folderOf(...PROGRAM)
  const wanted = (path: string) => path.startsWith('b/')
  writeFileSync(new URL('index.ts', folder), staticModules(folder, wanted, 'FOUND'))
  const { FOUND } = await import(new URL('index.ts', folder).href)
  expect(FOUND).toEqual(await importModules(folder, wanted))
})
