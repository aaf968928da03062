import { expect, it } from 'vitest'
import { increments, median, quantile } from './statistics.ts'

it('takes the middle value, or the mean of the two in the middle', () => {
  expect(median([9, 1, 5])).toBe(5)
  expect(median([4, 1, 3, 2])).toBe(2.5)
  expect(median([])).toBeNaN()
})

it('interpolates quantiles between neighbours', () => {
  expect(quantile([0, 10, 20, 30, 40], 0.25)).toBe(10)
  expect(quantile([0, 10], 0.75)).toBe(7.5)
})

it('returns the cost of each further unit, without the cost before the first point', () => {
  const points = (cost: (size: number) => number) =>
    [10, 100, 1_000].map((size) => ({ size, cost: cost(size) }))
  expect(increments(points((size) => 500 + 3 * size))).toEqual([undefined, 3, 3])
  expect(increments(points((size) => size ** 2))).toEqual([undefined, 110, 1_100])
  expect(increments([])).toEqual([])
  const twice = { size: 10, cost: 1 }
  expect(increments([twice, twice])).toEqual([undefined, undefined])
})
