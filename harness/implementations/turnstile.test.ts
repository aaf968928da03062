import { expect, test } from 'vitest'
import { createTurnstile } from './turnstile.ts'

test('resolves at once when enough lines have passed', async () => {
  const turnstile = createTurnstile(/over/)
  turnstile.pass('connection over')
  turnstile.pass('something else')
  expect(await turnstile.reaches(1, 60_000)).toBe(true)
})

test('waits for the missing lines, and only for those that match', async () => {
  const turnstile = createTurnstile(/over/)
  let reached = false
  const waiting = turnstile.reaches(2, 60_000).then(() => {
    reached = true
  })
  turnstile.pass('over')
  turnstile.pass('other')
  await Promise.resolve()
  expect(reached).toBe(false)
  turnstile.pass('over')
  await waiting
  expect(reached).toBe(true)
})

test('gives up after the limit, and counts anew after a reset', async () => {
  const turnstile = createTurnstile(/over/)
  turnstile.pass('over')
  turnstile.reset()
  const before = performance.now()
  expect(await turnstile.reaches(1, 20)).toBe(false)
  expect(performance.now() - before).toBeGreaterThanOrEqual(19)
})

test('says once that nothing ever matches', async () => {
  let said = 0
  const turnstile = createTurnstile(/over/, () => said++)
  for (let wait = 0; wait < 5; wait++) expect(await turnstile.reaches(1, 1)).toBe(false)
  expect(said).toBe(1)
})

test('says nothing where something has matched', async () => {
  let said = 0
  const turnstile = createTurnstile(/over/, () => said++)
  turnstile.pass('over')
  turnstile.reset()
  for (let wait = 0; wait < 5; wait++) await turnstile.reaches(1, 1)
  expect(said).toBe(0)
})
