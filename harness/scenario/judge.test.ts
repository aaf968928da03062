import { expect, test } from 'vitest'
import { attempt, Decided, Inconclusive, NotApplicable } from './judge.ts'

const thrower = (error: unknown) => attempt(() => Promise.reject(error))

test('errors thrown by a body become verdicts, except Decided', async () => {
  expect(await attempt(async () => {})).toBeUndefined()
  expect(await thrower(new Decided())).toBeUndefined()
  expect(await thrower(new Inconclusive('no call'))).toEqual({ verdict: 'inconclusive', reason: 'no call' })
  expect(await thrower(new NotApplicable('no ACFC was offered'))).toEqual({
    verdict: 'skip',
    reason: 'no ACFC was offered',
  })
  expect(await thrower(new Error('a mistake'))).toMatchObject({ verdict: 'error' })
})
