import { expect, it } from 'vitest'
import { pptpspec } from './testing/command-line.ts'

// Every case is played at least once, so one proof checks both.
it('lists what kills a mutant, and with --role recipient ignores mutants that show only in an originator', {
  timeout: 120_000,
}, async () => {
  const mutants = ['--mutant', 'echo-wrong-identifier', '-m', 'collision-loser-stays']
  const { code, stdout, stderr } = await pptpspec(['prove', '--role', 'recipient', ...mutants, '--matrix'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/^echo-wrong-identifier: killed by \d+\n/)
  expect(stdout).toMatch(/^ {4}echo\/reply@recipient fail: 2\.6\/identifier \(4 cases\)$/m)
  expect(stdout).toMatch(/2 of 2 mutants killed, .*\nclean\n$/)
})

it('proves some scenarios, and prints the matrix as JSON', async () => {
  const { code, stdout } = await pptpspec(['prove', '--scenario', 'echo/*', '--json'])
  expect(code).toBe(0)
  const { clean, survivors, proof } = JSON.parse(stdout)
  expect(clean).toBe(true)
  expect(survivors).toEqual([])
  expect(proof.scenarios.map(({ id }: { readonly id: string }) => id)).toEqual(
    expect.arrayContaining(['echo/many@recipient', 'echo/reply@originator']),
  )
})

it('refuses an unknown mutant', async () => {
  const { code, stderr } = await pptpspec(['prove', '--mutant', 'ignores-magic'])
  expect(code).toBe(2)
  expect(stderr).toMatch(/did you mean ignores-magic-cookie/)
})

it('plays cases under seeds of delivery times', async () => {
  const { code, stdout } = await pptpspec(['prove', '--timing', '2', '--seed', '5', '-s', 'echo/*'])
  expect(stdout).toMatch(/^\d+ cases under 2 seeds of delivery times: 0 differences, [\d.]+ s\nclean\n$/)
  expect(code).toBe(0)
  const { stdout: json } = await pptpspec(['prove', '--timing', '1', '--json', '-s', 'echo/reply@recipient'])
  expect(JSON.parse(json)).toEqual({ clean: true, cases: expect.any(Number), seeds: [1], differences: [] })
})

it.each([
  [['--timing', '1', '--matrix'], /--timing plays no mutants, and --matrix is about them/],
  [['--timing', '1', '-m', 'echo-no-reply', '--matrix'], /--mutant and --matrix are about them/],
  [['--seed', '1'], /--seed is the first seed of --timing/],
])('refuses options that exclude each other: %j', async (options, why) => {
  const { code, stderr } = await pptpspec(['prove', ...options])
  expect(code).toBe(2)
  expect(stderr).toMatch(why)
})
