import { expect, it } from 'vitest'
import type { BenchRecord, Row } from './record.ts'
import { changeOf, eachMore, ratioOf, recordText, spreadOf } from './table.ts'

const ROW: Row = {
  name: 'tunnel/whole',
  subject: 'whole tunnel',
  yardstick: 'bare libc loop',
  unit: 'us a packet',
  ours: [12, 30, 10],
  theirs: [8, 10, 8],
}

function record(more: Partial<BenchRecord> = {}): BenchRecord {
  const machine = { processor: 'a processor', processors: 2, memory: 8, node: 'v20.19.0' }
  return { format: 1, at: '2026-01-02T03:04:05Z', machine, rows: [ROW], series: [], left: [], ...more }
}

it('divides medians, and returns the middle half of the rounds', () => {
  expect(ratioOf(ROW)).toBe(1.5)
  expect(spreadOf(ROW)).toEqual([1.375, 2.25])
})

it('shows a row without an earlier run', () => {
  expect(recordText(record())).toBe(
    [
      'row           measured      against         unit         ours  theirs  ratio  middle half  wanted',
      'tunnel/whole  whole tunnel  bare libc loop  us a packet  12.0  8.00    1.50   1.38-2.25    -',
      '',
    ].join('\n'),
  )
})

it('shows the earlier ratio and the change', () => {
  const text = recordText(record(), record({ rows: [{ ...ROW, ours: [16], theirs: [8] }] }))
  expect(text).toMatch(/wanted +earlier +change$/m)
  expect(text).toMatch(/- +2\.00 +-25%$/m)
})

it('compares only with the same row against the same yardstick', () => {
  expect(changeOf(ROW, record({ rows: [{ ...ROW, yardstick: 'another' }] }))).toBeUndefined()
  expect(changeOf(ROW, record({ rows: [] }))).toBeUndefined()
  expect(recordText(record(), record({ rows: [] }))).toMatch(/- +- +-$/m)
})

it('marks a ratio that is larger than wanted', () => {
  expect(recordText(record({ rows: [{ ...ROW, wanted: 1.2 }] }))).toContain('NOT <= 1.2')
  expect(recordText(record({ rows: [{ ...ROW, wanted: 1.5 }] }))).toMatch(/ {2}<= 1\.5$/m)
})

it('lists the benchmarks that were left out, and why', () => {
  const left = [{ name: 'judge', why: 'tshark is not installed' }]
  expect(recordText(record({ rows: [], left }))).toBe('left out: judge: tshark is not installed\n')
})

it('shows the cost of each further unit, and marks points where less was done than requested', () => {
  const points = [
    { size: 10, seconds: 1, memory: 90 },
    { size: 100, seconds: 2, memory: 100 },
    { size: 1_000, seconds: 20, memory: 200 },
    { size: 10_000, seconds: 40, memory: 400, done: 2_000 },
  ]
  expect(eachMore(points)).toEqual([
    { time: '-', memory: '-' },
    { time: '11111', memory: '114' },
    { time: '20000', memory: '114' },
    { time: '20000', memory: '205' },
  ])
  const text = recordText(record({ series: [{ name: 's', subject: 'judge', noun: 'packets', points }] }))
  expect(text).toMatch(/judge +10,000 +40\.00 +400 +20000 +205 +stopped after 2,000$/m)
})
