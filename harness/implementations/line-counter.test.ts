import { expect, test } from 'vitest'
import { createLineCounter } from './line-counter.ts'

test('resolves at once when enough lines have passed', async () => {
  const counter = createLineCounter(/over/)
  counter.add('connection over')
  counter.add('something else')
  expect(await counter.reaches(1, 60_000)).toBe(true)
})

test('waits for the missing lines, and only for those that match', async () => {
  const counter = createLineCounter(/over/)
  let reached = false
  const waiting = counter.reaches(2, 60_000).then(() => {
    reached = true
  })
  counter.add('over')
  counter.add('other')
  await Promise.resolve()
  expect(reached).toBe(false)
  counter.add('over')
  await waiting
  expect(reached).toBe(true)
})

test('gives up after the limit, and counts from 0 after a reset', async () => {
  const counter = createLineCounter(/over/)
  counter.add('over')
  counter.reset()
  const before = performance.now()
  expect(await counter.reaches(1, 20)).toBe(false)
  expect(performance.now() - before).toBeGreaterThanOrEqual(19)
})

test('calls `hopeless` once when no line has ever matched', async () => {
  let said = 0
  const counter = createLineCounter(/over/, () => said++)
  for (let wait = 0; wait < 5; wait++) expect(await counter.reaches(1, 1)).toBe(false)
  expect(said).toBe(1)
})

test('does not call `hopeless` when a line has matched', async () => {
  let said = 0
  const counter = createLineCounter(/over/, () => said++)
  counter.add('over')
  counter.reset()
  for (let wait = 0; wait < 5; wait++) await counter.reaches(1, 1)
  expect(said).toBe(0)
})
