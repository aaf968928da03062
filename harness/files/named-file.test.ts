import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
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
  throw new Error('the file was read')
}

test('a file is read as a whole, also through a link', () => {
  const directory = temporaryDirectory()
  writeFileSync(join(directory, 'a'), '0123456789')
  symlinkSync('a', join(directory, 'b'))
  expect(readNamedFile(join(directory, 'b'), { most: 10, remedy: '' })).toHaveLength(10)
  expect(readNamedText(join(directory, 'a'), { remedy: '' })).toBe('0123456789')
})

test('a pipe is read to its end', async () => {
  const pipe = join(temporaryDirectory(), 'pipe')
  execFileSync('mkfifo', [pipe])
  const writer = spawn('sh', ['-c', 'printf 01234 > "$0"', pipe])
  expect(readNamedText(pipe, { remedy: '' })).toBe('01234')
  await once(writer, 'exit')
})

test('a device without an end is refused as too large', () => {
  expect(refusal('/dev/zero')).toMatchObject({
    message: '/dev/zero is larger than 10 octets',
    remedy: 'Make it smaller',
  })
})

test('a missing file and a directory are refused with a remedy', () => {
  const directory = temporaryDirectory()
  for (const [file, why] of [
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
  expect(refusal(file)).toMatchObject({
    message: `${file} is larger than 10 octets`,
    remedy: 'Make it smaller',
  })
})
