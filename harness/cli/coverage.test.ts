import { expect, it } from 'vitest'
import { pptpspec, temporaryDirectory } from './testing/command-line.ts'

it('says of one requirement whether it is tested, by what, and what pptpd does', async () => {
  const { code, stdout, stderr } = await pptpspec(['coverage', '--requirement', '2.12/notify-in-reply'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/^2\.12\/notify-in-reply \(.*section 2\.12, page 31.*\)\n/)
  expect(stdout).toMatch(/^ {4}decided by .*call-clear\/established/m)
  expect(stdout).toMatch(/^ {4}found broken in the mutants .*clear-no-notify/m)
  expect(stdout).toMatch(/^ {4}pptpd-1\.4\.0: warn\n {8}call-clear\/established@recipient: \S/m)
})

it('says why a requirement cannot be tested', async () => {
  const { code, stdout } = await pptpspec(['coverage', '-r', '3.1/role-neutral'])
  expect(code).toBe(0)
  expect(stdout).toMatch(/^ {4}unobservable: \S/m)
})

it('prints a table of some sections, with behaviour from results', async () => {
  const cwd = temporaryDirectory()
  await pptpspec(['run', 'reference', '--scenario', 'echo/*', '--no-baseline', '--output', 'out'], { cwd })
  const { stdout, stderr } = await pptpspec(
    ['coverage', '--section', '2.5-2.6', '--results', 'out', '--quick'],
    { cwd },
  )
  expect(stderr).toBe('')
  expect(stdout).toMatch(/^requirement +level +tested +mutants +reference\n/)
  expect(stdout).toMatch(/^2\.6\/identifier +implied +\d+ scenarios.* +- +pass$/m)
  expect(stdout).not.toMatch(/^2\.7\//m)
})

it('prints rows as JSON for programs', async () => {
  const { stdout } = await pptpspec(['coverage', '--section', '2.6', '--quick', '--json'])
  const rows: readonly { readonly id: string; readonly behaviours: object }[] = JSON.parse(stdout)
  expect(rows.every(({ id }) => id.startsWith('2.6/'))).toBe(true)
  expect(rows.find(({ id }) => id === '2.6/identifier')).toMatchObject({
    state: 'decided',
    behaviours: { 'pptpd-1.4.0': { verdict: 'pass' } },
  })
})

it('refuses unknown requirements and sections', async () => {
  const wrong = await pptpspec(['coverage', '-r', '2.6/identifer'])
  expect(wrong.code).toBe(2)
  expect(wrong.stderr).toMatch(/did you mean 2\.6\/identifier/)
  expect((await pptpspec(['coverage', '--section', 'three'])).code).toBe(2)
  expect((await pptpspec(['coverage', '--section', '9.9'])).code).toBe(2)
})
