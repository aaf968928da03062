import { expect, test } from 'vitest'
import { createSlidingWindow } from './sliding-window.ts'

const window = (maximum: number, processingDelay = 0) =>
  createSlidingWindow({ maximum, processingDelay, minimumTimeOut: 100, maximumTimeOut: 8_000 })

test.each([
  [0, 1],
  [1, 1],
  [2, 1],
  [7, 4],
  [64, 32],
])('a window of %d begins with %d (4.2.1)', (maximum, initial) => {
  expect(window(maximum).size()).toBe(initial)
})

test('a whole window of acknowledged packets opens the window by one, up to the maximum (4.2.3)', () => {
  const w = window(6)
  const sizes: number[] = []
  for (let packet = 0; packet < 24; packet++) {
    w.acknowledged(1, 10)
    sizes.push(w.size())
  }
  expect(sizes.slice(0, 8)).toEqual([3, 3, 4, 4, 4, 4, 5, 5])
  expect(Math.max(...sizes)).toBe(6)
})

test('a time-out halves the window, rounded up, down to one (4.2.2)', () => {
  const w = window(20)
  const sizes = Array.from({ length: 6 }, () => {
    w.timedOut()
    return w.size()
  })
  expect(sizes).toEqual([5, 3, 2, 1, 1, 1])
})

test('the time-out follows 4.4.1 and 4.4.2', () => {
  const w = window(4, 1_000)
  expect(w.timeOut()).toBe(1_000)
  w.acknowledged(1, 200)
  // DIFF -800, DEV 200, RTT 900.
  expect(w.timeOut()).toBe(1_700)
  w.timedOut()
  expect(w.timeOut()).toBe(2 * 900 + 4 * 200)
  for (let i = 0; i < 10; i++) w.timedOut()
  expect(w.timeOut()).toBe(8_000)
  for (let i = 0; i < 200; i++) w.acknowledged(1, 0)
  expect(w.timeOut()).toBe(100)
})
