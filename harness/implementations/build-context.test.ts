import { chmodSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { UsageError } from '../errors/errors.ts'
import { openBuildContext } from './build-context.ts'

let root = ''
let own = ''
let shared = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pptpspec-test-'))
  own = join(root, 'own')
  shared = join(root, 'common')
  mkdirSync(join(own, 'etc'), { recursive: true })
  mkdirSync(shared)
  writeFileSync(join(own, 'Dockerfile'), 'FROM scratch\n')
  writeFileSync(join(own, 'etc/conf'), 'a = 1\n')
  writeFileSync(join(shared, 'start'), '#!/bin/sh\n')
})
afterEach(() => rmSync(root, { recursive: true }))

const hash = () => openBuildContext(own, shared).hash
const tar = () => buffer(openBuildContext(own, shared).stream())

/** Reads the names and modes in a tar archive: 512-octet headers, sizes in octal. */
function entries(archive: Buffer): Record<string, string> {
  const found: Record<string, string> = {}
  for (let at = 0; at + 512 <= archive.length && archive[at] !== 0; ) {
    const text = (from: number, length: number) =>
      archive.toString('latin1', at + from, at + from + length).replace(/[\0 ].*$/s, '')
    found[text(0, 100)] = text(100, 8)
    at += 512 * (1 + Math.ceil(Number.parseInt(text(124, 12) || '0', 8) / 512))
  }
  return found
}

describe('openBuildContext', () => {
  it('holds the folder and the shared files, only scripts executable', async () => {
    chmodSync(join(own, 'etc/conf'), 0o777)
    chmodSync(join(shared, 'start'), 0o600)
    expect(entries(await tar())).toMatchObject({
      Dockerfile: '000644',
      'etc/conf': '000644',
      'shared/start': '000755',
    })
  })

  it('does not depend on times, owners or modes', async () => {
    const before = { hash: hash(), tar: await tar() }
    utimesSync(join(own, 'etc/conf'), 1, 1)
    chmodSync(join(own, 'Dockerfile'), 0o700)
    expect({ hash: hash(), tar: await tar() }).toEqual(before)
  })

  it.each([
    ['content', () => writeFileSync(join(own, 'etc/conf'), 'a = 2\n')],
    ['a new file', () => writeFileSync(join(own, 'etc/more'), '')],
    ['a shared file', () => writeFileSync(join(shared, 'start'), '#!/bin/sh\nexit\n')],
    ['a file that moves', () => writeFileSync(join(shared, 'etc'), 'a = 1\n')],
  ])('changes with %s', (_, change) => {
    const before = hash()
    change()
    expect(hash()).not.toBe(before)
  })

  it('works without shared files', async () => {
    rmSync(shared, { recursive: true })
    expect(Object.keys(entries(await tar()))).not.toContain('shared/start')
  })

  it('refuses a folder that has a `shared` of its own', () => {
    mkdirSync(join(own, 'shared'))
    expect(hash).toThrow(UsageError)
  })
})
