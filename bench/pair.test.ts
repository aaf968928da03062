import { expect, it } from 'vitest'
import { measurePairs } from './pair.ts'

function pairs(heard: string[]) {
  const turn = (name: string, cost: number) => () => {
    heard.push(name)
    return cost
  }
  const common = { subject: '', yardstick: '', unit: 's' }
  return [
    { name: 'one', ...common, ours: turn('A', 3), theirs: turn('B', 2) },
    { name: 'other', ...common, wanted: 1.2, ours: turn('C', 1), theirs: turn('D', 1) },
  ]
}

it('measures all sides in turns', async () => {
  const heard: string[] = []
  const rows = await measurePairs(pairs(heard), { rounds: 2, warm: 0 })
  expect(heard.join('')).toBe('ABCDABCD')
  expect(rows).toEqual([
    { name: 'one', subject: '', yardstick: '', unit: 's', ours: [3, 3], theirs: [2, 2] },
    { name: 'other', subject: '', yardstick: '', unit: 's', wanted: 1.2, ours: [1, 1], theirs: [1, 1] },
  ])
})

it('does not count the warm-up turns', async () => {
  const heard: string[] = []
  const rows = await measurePairs(pairs(heard), { rounds: 1, warm: 1 })
  expect(heard.join('')).toBe('ABCDABCD')
  expect(rows[0]?.ours).toEqual([3])
})
