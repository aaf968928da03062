import { mkdirSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { packageRoot } from '../implementations/package-root.ts'
import { startProcess } from './testing/command-line.ts'

/**
 * Makes a cache in this checkout, where packages are found. Other tests use the usual cache at
 * the same time.
 */
function ownCache() {
  const cache = join(packageRoot(), 'node_modules', '.cache', `pptpspec-test-${process.pid}`)
  onTestFinished(() => rmSync(cache, { recursive: true, force: true }))
  mkdirSync(cache, { recursive: true })
  return {
    cache,
    version: async () => (await startProcess(['--version'], { PPTPSPEC_CACHE: cache }).ended).stdout,
    programs: () => readdirSync(cache).sort(),
  }
}

it('a program is made once for the same sources, also by processes at the same time; a changed source makes another', async () => {
  const { version, programs } = ownCache()
  const [first, second] = await Promise.all([version(), version()])
  expect(first).toMatch(/^\d+\.\d+\.\d+\n$/)
  expect(second).toBe(first)
  expect(programs()).toEqual([expect.stringMatching(/^[0-9a-f]{16}$/)])
  await version()
  expect(programs()).toHaveLength(1)

  const source = join(packageRoot(), 'harness', 'cli', 'main.ts')
  const { atime, mtime } = statSync(source)
  try {
    utimesSync(source, atime, new Date(mtime.getTime() + 1_000))
    expect(await version()).toBe(first)
    expect(programs()).toHaveLength(2)
  } finally {
    utimesSync(source, atime, mtime)
  }
})

it('a program that is older than a day is removed when another is made', async () => {
  const { cache, version, programs } = ownCache()
  const old = join(cache, '0123456789abcdef')
  mkdirSync(old)
  const longAgo = new Date(Date.now() - 25 * 60 * 60 * 1_000)
  utimesSync(old, longAgo, longAgo)
  await version()
  expect(programs()).toHaveLength(1)
  expect(programs()).not.toContain('0123456789abcdef')
})

it('a cache that cannot be written is an error with a remedy', async () => {
  const { code, stderr } = await startProcess(['--version'], { PPTPSPEC_CACHE: '/dev/null/x' }).ended
  expect(code).toBe(3)
  expect(stderr).toMatch(/error: cannot make the program from its sources: .*\nremedy: .*npm ci/)
})
