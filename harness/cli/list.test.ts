import { expect, it } from 'vitest'
import { SCENARIOS } from '../../suites/index.ts'
import { MUTANT_NAMES } from '../reference/mutants.ts'
import { scenarioName } from '../scenario/scenario.ts'
import { pptpspec } from './testing/command-line.ts'

async function listed(...argv: readonly string[]): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { code, stdout, stderr } = await pptpspec(['list', ...argv, '--json'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout)
}

it('lists scenarios with their purpose and what they decide', async () => {
  const all = await listed('scenarios')
  expect(all.map(({ id }) => id)).toEqual(SCENARIOS.map(scenarioName))
  expect(all.find(({ id }) => id === 'start/accepted@recipient')).toMatchObject({
    cases: ['start/accepted@recipient'],
    iut: 'recipient',
  })
  const { stdout } = await pptpspec(['list', 'scenarios', '-s', 'echo/reply', '--role', 'recipient'])
  expect(stdout).toMatch(
    /^echo\/reply@recipient \(4 cases\)\n {4}An Echo-Request .*\n {4}recipient\n {4}decides .*2\.6\/identifier/,
  )
})

it('lists the needs of scenarios and how long they wait', async () => {
  const [refused] = await listed('scenarios', '-s', 'stop/refused', '--tag', 'timed')
  expect(refused).toMatchObject({ iut: 'originator', tags: ['timed'], timer: { wait: 200_000 } })
  const [bulk] = await listed('scenarios', '-s', 'session/bulk')
  expect(bulk).toMatchObject({ profile: 'encrypted', needs: expect.arrayContaining(['mppe-128']) })
  expect((await pptpspec(['list', 'scenarios', '-s', 'session/bulk'])).stdout).toMatch(
    /^ {4}recipient; needs .*mppe-128; profile encrypted; tags long$/m,
  )
  const { stdout } = await pptpspec(['list', 'scenarios', '--tag', 'timed'])
  expect(stdout).toMatch(/^ {4}originator; tags timed; waits up to 200 s$/m)
})

it('lists requirements with the scenarios that decide them', async () => {
  const some = await listed('requirements', '--scenario', 'echo/{many,reply}')
  expect(some.find(({ id }) => id === '2.6/identifier')).toMatchObject({
    section: '2.6',
    level: 'implied',
    decidedBy: [
      'echo/many@recipient',
      'echo/many@originator',
      'echo/reply@recipient',
      'echo/reply@originator',
    ],
  })
  expect(await listed('requirements', '--requirement', '2.6/identifier')).toHaveLength(1)
})

it('lists implementations, the reference too', async () => {
  const all = await listed('implementations')
  expect(all.map(({ name }) => name)).toEqual(expect.arrayContaining(['pptpd-1.4.0', 'reference']))
})

it('lists mutants with the scenarios that claim to notice them', async () => {
  const all = await listed('mutants')
  expect(all.map(({ name }) => name)).toEqual(MUTANT_NAMES)
  const few = await listed('mutants', '--scenario', 'echo/many@recipient')
  expect(few.length).toBeGreaterThan(0)
  for (const { caughtBy } of few) expect(caughtBy).toEqual(['echo/many@recipient'])
})
