import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createGrowth, type GrowingJob, machineIdle } from './growth.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A job that says how many cases wait for each of its lanes, and counts the lanes that it got. */
function job(waiting: number, start: () => Promise<void> = async () => {}) {
  let grown = 0
  let ended = 0
  const grower: GrowingJob = {
    waiting: () => waiting,
    lanes: () => grown - ended,
    grow() {
      grown++
      return start()
    },
  }
  return { grower, grown: () => grown, end: () => ended++ }
}

/** Creates a growth whose measurements find these idle parts, one after the other. */
function growing(most: number, ...looks: readonly number[]) {
  let look = 0
  const growth = createGrowth({ most, idle: () => looks[look++] ?? 0, every: 10 })
  return { growth, pass: (count: number) => vi.advanceTimersByTimeAsync(count * 10) }
}

test('an idle machine gets one lane at each measurement, for the neediest job first, up to the limit', async () => {
  const { growth, pass } = growing(3, 0.9, 0.9, 0.9, 0.9)
  const [needy, easy] = [job(20), job(10)]
  growth.join(easy.grower)
  growth.join(needy.grower)
  await pass(4)
  expect([needy.grown(), easy.grown()]).toEqual([3, 0])
  growth.end()
})

test('no lane is added on a busy machine, or to a job whose last cases are in play', async () => {
  const { growth, pass } = growing(3, 0.05, 0.1, 0.9)
  const some = job(20)
  const leave = growth.join(some.grower)
  await pass(2)
  expect(some.grown()).toBe(0)
  leave()
  const nearlyDone = job(1)
  growth.join(nearlyDone.grower)
  await pass(1)
  expect(nearlyDone.grown()).toBe(0)
  growth.end()
})

test('the next lane is added only after the last one has started', async () => {
  const { growth, pass } = growing(3, 0.9, 0.9, 0.9)
  let started = () => {}
  const slow = job(20, () => new Promise((resolve) => (started = resolve)))
  growth.join(slow.grower)
  await pass(2)
  expect(slow.grown()).toBe(1)
  started()
  await pass(1)
  expect(slow.grown()).toBe(2)
  growth.end()
})

test('when nothing has been idle for a while, one lane ends, and another only if the machine stays crowded', async () => {
  const { growth, pass } = growing(1, 0, 0, 0, 0, 0, 0, 0.1, 0, 0, 0, 0)
  await pass(4)
  expect(growth.shouldEnd()).toBe(false)
  await pass(1)
  expect([growth.shouldEnd(), growth.shouldEnd()]).toEqual([true, false])
  // The machine has to be crowded for as long again, but something was idle meanwhile.
  await pass(6)
  expect(growth.shouldEnd()).toBe(false)
  growth.end()
})

test('after a lane has ended, another is added once the machine is idle again', async () => {
  const { growth, pass } = growing(1, 0.9, 0.9, 0, 0, 0, 0, 0, 0.9)
  const some = job(20)
  growth.join(some.grower)
  await pass(7)
  expect(some.grown()).toBe(1)
  expect(growth.shouldEnd()).toBe(true)
  some.end()
  await pass(1)
  expect(some.grown()).toBe(2)
  growth.end()
})

test('lanes of a finished job may be added to other jobs', async () => {
  const { growth, pass } = growing(2, 0.9, 0.9, 0.9, 0.9)
  const [quick, long] = [job(20), job(10)]
  const leave = growth.join(quick.grower)
  growth.join(long.grower)
  await pass(3)
  expect([quick.grown(), long.grown()]).toEqual([2, 0])
  leave()
  await pass(1)
  expect(long.grown()).toBe(1)
  growth.end()
})

test('the machine is not measured when no lane may be added, or after the end', async () => {
  const idle = vi.fn(() => 1)
  createGrowth({ most: 0, idle, every: 10 })
  const growth = createGrowth({ most: 1, idle, every: 10 })
  growth.end()
  await vi.advanceTimersByTimeAsync(100)
  expect(idle).not.toHaveBeenCalled()
})

test('the idle part of the machine is between 0 and 1', () => {
  const idle = machineIdle()
  expect(idle()).toBeGreaterThanOrEqual(0)
  expect(idle()).toBeLessThanOrEqual(1)
})
