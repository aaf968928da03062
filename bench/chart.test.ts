import { XMLValidator } from 'fast-xml-parser'
import { expect, it } from 'vitest'
import { createAxis, logChart, svgDocument } from './chart.ts'
import { costChart, costPage } from './cost-page.ts'

it('extends an axis from one power of ten to another', () => {
  const axis = createAxis([20, 4_000], { from: 100, to: 400 })
  expect(axis.ticks).toEqual([10, 100, 1_000, 10_000])
  expect(axis.at(10)).toBe(100)
  expect(axis.at(100)).toBe(200)
  expect(axis.at(10_000)).toBe(400)
})

it('gives an axis a length when all values are equal', () => {
  expect(createAxis([10], { from: 0, to: 100 }).ticks).toEqual([10, 100])
})

it('draws well-formed XML, whatever the labels', () => {
  const line = { label: 'a < b & c', colour: '#000', points: [{ x: 10, y: 0.5 }] }
  expect(XMLValidator.validate(svgDocument([logChart({ title: '<t>', x: 'x', y: 'y' }, [line])]))).toBe(true)
})

it('leaves points that stopped early out of the chart, and marks them in the table of the page', () => {
  const points = [
    { size: 10, seconds: 1, memory: 90 },
    { size: 100, seconds: 2, memory: 100, done: 50 },
  ]
  const series = [{ name: 'scale-captures', subject: 'judge', noun: 'packets', points }]
  expect(costChart(series).match(/<circle/g)).toHaveLength(2)
  const machine = { processor: 'a processor', processors: 2, memory: 8, node: 'v20.19.0' }
  const page = costPage(
    { format: 1, at: '2026-01-02T03:04:05Z', machine, rows: [], series, left: [] },
    'cost.svg',
  )
  expect(page).toContain('| 100, stopped after 50 | 2.00 | 100 | 25000 | 256 |')
  expect(page).toContain('](cost.svg)')
})
