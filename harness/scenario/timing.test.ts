import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createVirtualClock } from '../network/virtual-clock.ts'
import { describeDuration, describeDurations, startStopwatch, timerWindow } from './timing.ts'

describe('timerWindow', () => {
  it.each([
    // In real time the tolerance is a share of the nominal time.
    [60_000, 1, 55_000, 75_000],
    [120_000, 1, 110_000, 150_000],
    // The faster the clock runs, the more the jitter of scheduling counts.
    [60_000, 20, 55_000, 75_000],
    [60_000, 60, 55_000, 75_000],
    [60_000, 100, 52_000, 85_000],
    // For a short timer in real time, the jitter of scheduling counts: 250 ms.
    [500, 1, 420, 750],
  ])('%i ms at %ix: from %i to %i', (nominal, speed, earliest, latest) => {
    expect(timerWindow(nominal, speed)).toEqual({ earliest, latest })
  })

  it('allows 80 ms too early and 250 ms too late of real time at any speed, and is never narrower at a higher speed', () => {
    const times = fc.integer({ min: 100, max: 600_000 })
    const speeds = fc.integer({ min: 1, max: 1_000 })
    fc.assert(
      fc.property(times, speeds, (nominal, speed) => {
        const { earliest, latest } = timerWindow(nominal, speed)
        expect((nominal - earliest) / speed).toBeGreaterThanOrEqual(80 - 1e-6)
        expect((latest - nominal) / speed).toBeGreaterThanOrEqual(250 - 1e-6)
        const faster = timerWindow(nominal, speed + 1)
        expect(faster.earliest).toBeLessThanOrEqual(earliest)
        expect(faster.latest).toBeGreaterThanOrEqual(latest)
      }),
    )
  })
})

it('says durations in the implementation’s time and in ours', () => {
  expect(describeDuration(121_400, 1)).toBe('121 s')
  expect(describeDuration(9_870, 1)).toBe('9.9 s')
  expect(describeDuration(9_960, 1)).toBe('10 s')
  expect(describeDuration(121_400, 60)).toBe('121 s of its time (2.0 s at 60x)')
  expect(describeDurations([60_200, 120_700], 1)).toBe('60 s to 121 s')
  expect(describeDurations([120_700, 60_200, 61_000], 60)).toBe(
    '60 s to 121 s of its time (1.0 s to 2.0 s at 60x)',
  )
  expect(describeDurations([120_100, 120_300], 60)).toBe('120 s of its time (2.0 s at 60x)')
})

it('a stopwatch counts the implementation’s time', async () => {
  const clock = createVirtualClock()
  await clock.run(clock.sleep(5))
  const watch = startStopwatch(clock, 60)
  expect(watch.elapsed()).toBe(0)
  await clock.run(clock.sleep(100))
  expect(watch.elapsed()).toBe(6_000)
})
