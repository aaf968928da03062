import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { UsageError } from '../errors/errors.ts'
import { readNamedFile, readNamedText } from './named-file.ts'

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'pptpspec-files-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

function refusal(file: string): UsageError {
  try {
    readNamedFile(file, { most: 10, remedy: 'Name another', whenLarger: 'Make it smaller' })
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError)
    return error as UsageError
  }
  throw new Error('it was read')
}

test('a regular file is read as a whole, also through a link', () => {
  const directory = temporaryDirectory()
  writeFileSync(join(directory, 'a'), '0123456789')
  symlinkSync('a', join(directory, 'b'))
  expect(readNamedFile(join(directory, 'b'), { most: 10, remedy: '' })).toHaveLength(10)
  expect(readNamedText(join(directory, 'a'), { remedy: '' })).toBe('0123456789')
})

test('what has no end, or is not there, is refused with a remedy', () => {
  const directory = temporaryDirectory()
  const pipe = join(directory, 'pipe')
  execFileSync('mkfifo', [pipe])
  for (const [file, why] of [
    ['/dev/zero', /\/dev\/zero: it is no regular file/],
    [pipe, /no regular file/],
    [directory, /it is a directory/],
    [join(directory, 'nothing'), /ENOENT/],
  ] as const)
    expect(refusal(file)).toMatchObject({
      message: expect.stringMatching(why),
      exitCode: 2,
      remedy: 'Name another',
    })
})

test('a file that is too large is not read', () => {
  const file = join(temporaryDirectory(), 'a')
  writeFileSync(file, '0123456789a')
  expect(refusal(file)).toMatchObject({ message: expect.stringContaining('11'), remedy: 'Make it smaller' })
})
