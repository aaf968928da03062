import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { writeReports } from '../report/write.ts'
import { EVENTS_FILE, REPORT_FILES } from './result-files.ts'
import { caseFile, openStore } from './store.ts'

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'pptpspec-store-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

function put(directory: string, ...names: readonly string[]): void {
  for (const name of names) {
    mkdirSync(dirname(join(directory, name)), { recursive: true })
    writeFileSync(join(directory, name), 'old')
  }
}

const there = (directory: string, names: readonly string[]) =>
  names.filter((name) => existsSync(join(directory, name)))

test('no file of an earlier run stays beside the events of a new one', () => {
  const directory = temporaryDirectory()
  const files = { trace: 'a/s/one.json', pcapng: 'a/s/one.pcapng', log: 'a/s/one.log' }
  const event = { at: 1, kind: 'scenario-finished', files }
  const earlier = openStore(directory)
  earlier.append(event as never)
  for (const name of Object.values(files)) earlier.write(name, 'old')
  earlier.close()
  writeReports([], directory)
  put(directory, 'junit.xml.part', 'notes.txt', 'a/s/mine.json')
  const reports = Object.values(REPORT_FILES)
  expect(there(directory, [...reports, ...Object.values(files)])).toHaveLength(7)

  openStore(directory).close()
  expect(there(directory, [...reports, ...Object.values(files), 'junit.xml.part'])).toEqual([])
  // Files that no run wrote stay.
  expect(there(directory, ['notes.txt', 'a/s/mine.json'])).toHaveLength(2)
  expect(readFileSync(join(directory, EVENTS_FILE), 'utf8')).toBe('')
})

test('only files of a run are removed, whatever the old events name', () => {
  const outside = temporaryDirectory()
  const directory = join(outside, 'results')
  put(
    outside,
    'x.json',
    'other/x.json',
    'results/top.json',
    'results/a/program.ts',
    'results/a/folder.json/x',
  )
  symlinkSync(join(outside, 'other'), join(directory, 'link'))
  const names = [
    '../x.json',
    'a/../../x.json',
    join(outside, 'x.json'),
    'link/x.json',
    'top.json',
    EVENTS_FILE,
    'a/program.ts',
    'a/folder.json',
    '',
    '.json',
    `a/${'x'.repeat(5000)}.json`,
    'a/\u0000.json',
    7,
    null,
  ]
  const lines = [
    ...names.map((trace) => JSON.stringify({ files: { trace } })),
    'null',
    '7',
    '{"files":"a"}',
    '{"files":null}',
    '{"fil',
  ]
  writeFileSync(join(directory, EVENTS_FILE), lines.join('\n'))
  openStore(directory).close()
  const kept = [
    'x.json',
    'other/x.json',
    'results/top.json',
    'results/a/program.ts',
    'results/a/folder.json/x',
  ]
  expect(there(outside, kept)).toEqual(kept)
})

test('a directory with other files in it is refused and left unchanged', () => {
  const directory = temporaryDirectory()
  put(directory, 'junit.xml', 'summary.md')
  expect(() => openStore(directory)).toThrow(/files that are not results/)
  expect(there(directory, ['junit.xml', 'summary.md'])).toHaveLength(2)
})

test("a case's files keep its role in their name", () => {
  expect(caseFile('a/b', 'tunnel/gap@originator')).toBe('a_b/tunnel/gap@originator')
  expect(caseFile('a', 'echo/reply#identifier=0@recipient')).toBe('a/echo/reply.identifier=0@recipient')
})
