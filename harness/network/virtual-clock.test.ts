import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createVirtualClock } from './virtual-clock.ts'

const never = new Promise<never>(() => {})

describe('the virtual clock', () => {
  it('starts at 0 and jumps from event to event', async () => {
    const clock = createVirtualClock()
    const times: number[] = [clock.now()]
    await clock.run(
      (async () => {
        await clock.sleep(60_000)
        times.push(clock.now())
        await clock.sleep(0.5)
        times.push(clock.now())
      })(),
    )
    expect(times).toEqual([0, 60_000, 60_000.5])
  })

  it('resolves and rejects as the promise does', async () => {
    const clock = createVirtualClock()
    expect(await clock.run(clock.sleep(1).then(() => 'value'))).toBe('value')
    const failing = clock.sleep(1).then(() => {
      throw new Error('failed')
    })
    await expect(clock.run(failing)).rejects.toThrow('failed')
  })

  it('fires by time, and by insertion where times are equal', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 20 }), { minLength: 1 }), async (delays) => {
        const clock = createVirtualClock()
        const fired: [number, number][] = []
        const sleeps = delays.map((delay, index) =>
          clock.sleep(delay).then(() => fired.push([clock.now(), index])),
        )
        await clock.run(Promise.all(sleeps))
        const expected = delays.map((delay, index): [number, number] => [delay, index])
        expect(fired).toEqual(expected.sort((a, b) => a[0] - b[0] || a[1] - b[1]))
      }),
    ))

  it('runs everything that an event causes before time passes', async () => {
    const clock = createVirtualClock()
    let at: number | undefined
    clock.after(2, () => {})
    const chain = clock.sleep(1).then(async () => {
      for (let tick = 0; tick < 10_000; tick++) await null
      await new Promise<void>((resolve) => process.nextTick(() => process.nextTick(resolve)))
      for (let tick = 0; tick < 100; tick++) await new Promise<void>((resolve) => process.nextTick(resolve))
      at = clock.now()
    })
    await clock.run(Promise.all([chain, clock.sleep(3)]))
    expect(at).toBe(1)
  })

  it('never fires a cancelled timer, and does not let time pass for it', async () => {
    const clock = createVirtualClock()
    const fired: string[] = []
    const first = clock.after(10, () => fired.push('first'))
    const second = clock.after(1, () => {
      fired.push('second')
      first.cancel()
      second.cancel()
    })
    clock.after(2, () => fired.push('third'))
    await expect(clock.run(never)).rejects.toMatchObject({ name: 'DeadlockError' })
    expect(fired).toEqual(['second', 'third'])
    expect(clock.now()).toBe(2)
    expect(clock.fired()).toBe(2)
  })

  it('reports a deadlock when no event is left', async () => {
    const clock = createVirtualClock()
    clock.after(7, () => {})
    await expect(clock.run(never)).rejects.toMatchObject({
      name: 'DeadlockError',
      message: expect.stringContaining('Deadlock at virtual time 7 ms'),
    })
  })

  it('sees the promise settle before it looks for deadlocks', async () => {
    const clock = createVirtualClock()
    const settling = clock.sleep(1).then(async () => {
      for (let tick = 0; tick < 1_000; tick++) await null
      return 'settled'
    })
    expect(await clock.run(settling)).toBe('settled')
    expect(await clock.run(Promise.resolve('at once'))).toBe('at once')
  })

  it('stops a runaway by events and by time', async () => {
    const busy = createVirtualClock({ events: 100 })
    const again = (): void => void busy.after(0, again)
    again()
    await expect(busy.run(never)).rejects.toMatchObject({
      name: 'RunawayError',
      message: expect.stringContaining('100 events'),
    })
    expect(busy.fired()).toBe(100)

    const slow = createVirtualClock({ time: 1_000 })
    const later = (): void => void slow.after(300, later)
    later()
    await expect(slow.run(never)).rejects.toMatchObject({
      name: 'RunawayError',
      message: expect.stringContaining('1000 ms'),
    })
    expect(slow.now()).toBe(900)
  })

  it('rejects when an event throws', async () => {
    const clock = createVirtualClock()
    clock.after(1, () => {
      throw new Error('in an event')
    })
    await expect(clock.run(never)).rejects.toThrow('in an event')
  })

  it('refuses a second run at the same time, and runs the events that are left later', async () => {
    const clock = createVirtualClock()
    let late = false
    clock.after(10, () => {
      late = true
    })
    const first = clock.run(clock.sleep(5))
    await expect(clock.run(clock.sleep(5))).rejects.toMatchObject({ name: 'NestedRunError' })
    await first
    expect([clock.now(), late]).toEqual([5, false])
    await clock.run(clock.sleep(5))
    expect([clock.now(), late]).toEqual([10, true])
  })

  it.each([-1, Number.NaN, 2 ** 31])('refuses a delay of %d', (delay) => {
    const clock = createVirtualClock()
    expect(() => clock.after(delay, () => {})).toThrow(RangeError)
  })
})
