import { expect, it } from 'vitest'
import { pptpspec } from './testing/command-line.ts'

async function refused(...argv: readonly string[]) {
  const { code, stderr, stdout } = await pptpspec(['interop', ...argv, '--engine', 'unix:///nowhere'])
  expect(stdout).toBe('')
  return { code, stderr }
}

it('refuses a request that is not valid before anything is started', async () => {
  expect(await refused('pptpd-1.5.0')).toEqual({
    code: 2,
    stderr: expect.stringMatching(/there is no client among pptpd-1\.5\.0\n.*pptp-linux-1\.10\.0/s),
  })
  expect(await refused('pptp-linux-1.10.0')).toMatchObject({ code: 2 })
  expect(await refused('--path', 'nats')).toEqual({
    code: 2,
    stderr: expect.stringMatching(/there is no path "nats"\n.*did you mean nat\?/s),
  })
  expect(await refused('--case', 'ping/sizes')).toEqual({
    code: 2,
    stderr: expect.stringContaining('did you mean ping/size'),
  })
  expect(await refused('--case', 'ping/*', '--path', 'lossy')).toEqual({
    code: 2,
    stderr: expect.stringContaining('no case is selected'),
  })
  expect(await refused('--baseline', 'mine.yaml')).toMatchObject({ code: 2 })
  expect(await refused('--fault', 'gre-never-acknowledges')).toEqual({
    code: 2,
    stderr: expect.stringContaining('--fault is for the reference'),
  })
  expect(await refused('reference', '--fault', 'gre-never-acknowledgs')).toEqual({
    code: 2,
    stderr: expect.stringContaining('gre-never-acknowledges'),
  })
})

it('ends with 3 when no container can be run', async () => {
  expect(await refused('--case', 'call/opens')).toEqual({
    code: 3,
    stderr: expect.stringContaining('unix:///nowhere'),
  })
})

it('lists all cases', async () => {
  const { code, stdout } = await pptpspec(['list', 'interop'])
  expect(code).toBe(0)
  expect(stdout).toMatch(/^call\/opens\n {4}The client places a call; .*\n {4}on direct, routed/m)
  const { stdout: json } = await pptpspec(['list', 'interop', '--json'])
  expect(JSON.parse(json)).toContainEqual(
    expect.objectContaining({ name: 'end/client-crashes', paths: ['direct'] }),
  )
  expect(await pptpspec(['list', 'interop', '-s', 'echo/*'])).toMatchObject({ code: 2 })
})
