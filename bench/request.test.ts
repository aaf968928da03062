import { expect, it } from 'vitest'
import { UsageError } from '../harness/errors/errors.ts'
import { readRequest } from './request.ts'

it('measures all benchmarks that do not take minutes, unless benchmarks are named', async () => {
  const request = await readRequest([])
  expect(request).toMatchObject({ rounds: 5, json: undefined, against: undefined, page: undefined })
  expect(request?.names).toContain('tunnel')
  expect(request?.names).not.toContain('scale-captures')
})

it('takes names and options', async () => {
  expect(
    await readRequest(['judge', 'scale-cases', '--rounds', '3', '--json', 'a.json', '--against', 'b.json']),
  ).toMatchObject({ names: ['judge', 'scale-cases'], rounds: 3, json: 'a.json', against: 'b.json' })
})

it.each([
  ['an unknown benchmark', ['tunel'], /did you mean tunnel/, /got "tunel"/],
  ['an unknown option', ['--round', '3'], /--help/, /round/],
  ['rounds that are not a number', ['--rounds', 'many'], /--rounds/, /whole number/],
  ['no rounds', ['--rounds', '0'], /--rounds/, /whole number/],
  ['an option without its value', ['--json'], /--help/, /json/],
])('refuses %s', async (_, argv, remedy, message) => {
  const error = await readRequest(argv).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(UsageError)
  expect(error).toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(message),
    remedy: expect.stringMatching(remedy),
  })
})
