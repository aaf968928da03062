import { expect, it } from 'vitest'
import { growth, median, quantile } from './statistics.ts'

it('takes the middle value, or the mean of the two in the middle', () => {
  expect(median([9, 1, 5])).toBe(5)
  expect(median([4, 1, 3, 2])).toBe(2.5)
  expect(median([])).toBeNaN()
})

it('places quantiles between neighbours in proportion', () => {
  expect(quantile([0, 10, 20, 30, 40], 0.25)).toBe(10)
  expect(quantile([0, 10], 0.75)).toBe(7.5)
})

it('tells linear growth from quadratic', () => {
  const points = (cost: (size: number) => number) =>
    [10, 100, 1_000].map((size) => ({ size, cost: cost(size) }))
  expect(growth(points((size) => 3 * size))).toBeCloseTo(1)
  expect(growth(points((size) => size ** 2))).toBeCloseTo(2)
  expect(growth([{ size: 10, cost: 1 }])).toBeNaN()
  expect(growth([])).toBeNaN()
})
