import { expect, it } from 'vitest'
import { pptpspec } from './testing/command-line.ts'

// Every case is played once at least, so both are asked for at once.
it('tells who kills a mutant, and forgives what shows only in an originator where a recipient is asked for', {
  timeout: 120_000,
}, async () => {
  const mutants = ['--mutant', 'echo-wrong-identifier', '-m', 'collision-loser-stays']
  const { code, stdout, stderr } = await pptpspec(['prove', '--role', 'recipient', ...mutants, '--matrix'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/^echo-wrong-identifier: killed by \d+\n/)
  expect(stdout).toMatch(/^ {4}echo\/reply@recipient fail: 2\.6\/identifier \(4 cases\)$/m)
  expect(stdout).toMatch(/2 of 2 mutants killed, .*\nclean\n$/)
})

it('proves some scenarios, and gives the matrix to programs', async () => {
  const { code, stdout } = await pptpspec(['prove', '--scenario', 'echo/*', '--json'])
  expect(code).toBe(0)
  const { clean, survivors, proof } = JSON.parse(stdout)
  expect(clean).toBe(true)
  expect(survivors).toEqual([])
  expect(proof.scenarios.map(({ id }: { readonly id: string }) => id)).toEqual(
    expect.arrayContaining(['echo/many@recipient', 'echo/reply@originator']),
  )
})

it('knows mutants by name only', async () => {
  const { code, stderr } = await pptpspec(['prove', '--mutant', 'ignores-magic'])
  expect(code).toBe(2)
  expect(stderr).toMatch(/did you mean ignores-magic-cookie/)
})
