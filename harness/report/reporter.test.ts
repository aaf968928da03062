import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { EnvironmentError } from '../errors/errors.ts'
import { REPORT_FILES } from '../runner/result-files.ts'
import { parseEvents } from './events.ts'
import { multiplex, type NamedReporter } from './reporter.ts'
import { EVERYTHING } from './testing/run.ts'
import {
  createDocumentReporter,
  createEventsReporter,
  DOCUMENT_NAMES,
  documentReporters,
  openTextFile,
} from './write.ts'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pptpspec-reporter-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

/** Creates a reporter that records its calls. */
function listener(name: string): NamedReporter & { readonly heard: string[] } {
  const heard: string[] = []
  const reporter = {
    handle: (event: { readonly kind: string }) => void heard.push(event.kind),
    tick: () => void heard.push('tick'),
    end: () => void heard.push('end'),
  }
  return { name, reporter, heard }
}

/**
 * Passes all events, a tick and an end to reporters. @returns the names of those that threw.
 */
function playTo(...reporters: readonly NamedReporter[]) {
  const told: string[] = []
  const all = multiplex(reporters, (name, error) => told.push(`${name}: ${String(error)}`))
  for (const event of EVERYTHING) all.handle(event)
  all.tick(1)
  all.end()
  all.end()
  return { told, broken: all.broken }
}

const KINDS = EVERYTHING.map(({ kind }) => kind)

test('every reporter gets every event, every tick, and the end once', () => {
  const [one, other] = [listener('one'), listener('other')]
  expect(playTo(one, other)).toEqual({ told: [], broken: [] })
  for (const { heard } of [one, other]) expect(heard).toEqual([...KINDS, 'tick', 'end'])
})

test('a reporter without tick and end gets all events', () => {
  let count = 0
  const plain: NamedReporter = { name: 'plain', reporter: { handle: () => void count++ } }
  expect(playTo(plain).broken).toEqual([])
  expect(count).toBe(EVERYTHING.length)
})

test.each(['handle', 'tick', 'end'] as const)(
  'one that throws in %s is told of once, hears nothing more, and disturbs no other',
  (method) => {
    const [before, bad, after] = [listener('before'), listener('bad'), listener('after')]
    const fail = () => {
      bad.heard.push(`failed in ${method}`)
      throw new Error('disk full')
    }
    const throwing = { ...bad, reporter: { ...bad.reporter, [method]: fail } }
    expect(playTo(before, throwing, after)).toEqual({ told: ['bad: Error: disk full'], broken: ['bad'] })
    for (const { heard } of [before, after]) expect(heard).toEqual([...KINDS, 'tick', 'end'])
    expect(bad.heard.at(-1)).toBe(`failed in ${method}`)
    expect(bad.heard.filter((what) => what.startsWith('failed'))).toHaveLength(1)
  },
)

test('documents are written at the end, once, whole', () => {
  playTo(...documentReporters(directory))
  for (const name of DOCUMENT_NAMES)
    expect(readFileSync(join(directory, REPORT_FILES[name]), 'utf8').length).toBeGreaterThan(1000)
  expect(existsSync(join(directory, `${REPORT_FILES.junit}.part`))).toBe(false)
})

test('no document is written for a run that never began', () => {
  const written: string[] = []
  const reporter = createDocumentReporter('junit', (content) => written.push(content))
  reporter.end?.()
  expect(written).toEqual([])
})

test('documents that cannot be written break their reporters, and the others go on', () => {
  const file = join(directory, 'file')
  writeFileSync(file, '')
  let lines = ''
  const events = {
    name: 'events',
    reporter: createEventsReporter((line) => {
      lines += line
    }),
  }
  const { told, broken } = playTo(...documentReporters(file), events)
  expect(broken).toEqual([...DOCUMENT_NAMES, 'page'])
  expect(told[0]).toMatch(/^junit: .*cannot write/)
  expect(parseEvents(lines, 'events')).toEqual(EVERYTHING)
})

test('a file is written piece by piece, and its folders are made', () => {
  const file = join(directory, 'a', 'b.txt')
  const { write, close } = openTextFile(file)
  write('one ')
  write('two')
  close()
  expect(readFileSync(file, 'utf8')).toBe('one two')
  expect(() => openTextFile(join(file, 'below'))).toThrow(EnvironmentError)
})
