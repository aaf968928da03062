import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { UsageError } from '../harness/errors/errors.ts'
import type { BenchRecord } from './record.ts'
import { readRecord, writeRecord } from './record-file.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pptpspec-test-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const RECORD: BenchRecord = {
  format: 1,
  at: '2026-01-02T03:04:05Z',
  machine: { processor: 'a processor', processors: 2, memory: 8, node: 'v20.19.0' },
  rows: [{ name: 'a', subject: 'b', yardstick: 'c', unit: 's', ours: [1], theirs: [2], wanted: 1.2 }],
  series: [{ name: 'd', subject: 'e', noun: 'cases', points: [{ size: 1, seconds: 2, memory: 3 }] }],
  left: [{ name: 'f', why: 'g' }],
}

it('reads a record that it wrote', () => {
  const file = join(folder, 'record.json')
  writeRecord(file, RECORD)
  expect(readRecord(file)).toEqual(RECORD)
})

it.each([
  ['text that is not JSON', 'hello', /is not JSON/],
  ['JSON of something else', '{"name": "pptpspec"}', /does not hold results of the benchmarks/],
  ['a later format', JSON.stringify({ ...RECORD, format: 2 }), /format/],
])('refuses %s', (_, content, message) => {
  const file = join(folder, 'foreign.json')
  writeFileSync(file, content)
  expect(() => readRecord(file)).toThrow(message)
  expect(() => readRecord(file)).toThrow(UsageError)
})

it('names a file that cannot be read or written', () => {
  const file = join(folder, 'missing', 'record.json')
  expect(() => readRecord(file)).toThrow(UsageError)
  expect(() => writeRecord(file, RECORD)).toThrow(UsageError)
})
