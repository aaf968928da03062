import { mkdirSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { packageRoot } from '../implementations/package-root.ts'
import { startProcess } from './testing/command-line.ts'

const CACHE = join(packageRoot(), 'node_modules', '.cache', 'pptpspec')

/** Programs in the cache, without those that are being made. */
const programs = () => readdirSync(CACHE).filter((name) => /^[0-9a-f]{16}$/.test(name))

it('a program is made once for the same sources, also by processes at the same time; a changed source makes another', async () => {
  rmSync(CACHE, { recursive: true, force: true })
  mkdirSync(CACHE, { recursive: true })
  const version = async () => (await startProcess(['--version']).ended).stdout
  const [first, second] = await Promise.all([version(), version()])
  expect(first).toMatch(/^\d+\.\d+\.\d+\n$/)
  expect(second).toBe(first)
  expect(programs()).toHaveLength(1)
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

it('a program that is older than a day goes when another is made', async () => {
  const old = join(CACHE, '0123456789abcdef')
  mkdirSync(old, { recursive: true })
  const longAgo = new Date(Date.now() - 25 * 60 * 60 * 1_000)
  utimesSync(old, longAgo, longAgo)
  for (const name of programs())
    if (name !== '0123456789abcdef') rmSync(join(CACHE, name), { recursive: true })
  await startProcess(['--version']).ended
  expect(programs()).toHaveLength(1)
  expect(programs()).not.toContain('0123456789abcdef')
})
