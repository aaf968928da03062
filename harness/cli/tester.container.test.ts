import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { removeLeftovers } from '../implementations/cleanup.ts'
import { LABELS, TESTER_LABEL } from '../implementations/run-identity.ts'
import { engineForTests } from '../implementations/testing/engine.ts'
import { readEvents } from '../report/events.ts'
import { startProcess, temporaryDirectory } from './testing/command-line.ts'

const { available, engine } = await engineForTests()

/** Starts a run with its tester in containers, and waits until it has finished some cases. */
async function startRun(output: string) {
  const globs = ['start/*', 'echo/*'].flatMap((glob) => ['-s', glob])
  const argv = [
    'run',
    'pptpd-1.5.0',
    '--tester',
    'container',
    '--lanes',
    '1',
    '--json',
    '-o',
    output,
    ...globs,
  ]
  const { child, ended } = startProcess(argv)
  const filters = { label: [`${LABELS.pid}=${child.pid}`] }
  let finished = 0
  await new Promise<void>((resolve) => {
    child.stdout?.on('data', (piece: Buffer) => {
      finished += piece.toString('utf8').split('"kind":"scenario-finished"').length - 1
      if (finished >= 3) resolve()
    })
    ended.then(() => resolve())
  })
  const containers = async () =>
    (await engine().docker.listContainers({ all: true, filters })).map(({ Id, Labels }) => ({
      id: Id,
      isTester: Labels[TESTER_LABEL] !== undefined,
    }))
  const networks = async () => (await engine().docker.listNetworks({ filters })).length
  return { child, ended, containers, networks }
}

function finishedIn(output: string): number {
  return readEvents(join(output, 'events.ndjson')).filter(({ kind }) => kind === 'scenario-finished').length
}

describe.skipIf(!available)('a run whose tester is in containers', { timeout: 300_000 }, () => {
  it('is red when such a container is killed, keeps finished cases, and leaves no container behind', async () => {
    const output = join(temporaryDirectory(), 'out')
    const { ended, containers, networks } = await startRun(output)
    const [tester] = (await containers()).filter(({ isTester }) => isTester)
    await engine()
      .docker.getContainer(tester?.id ?? '')
      .kill()
    const { code, stdout } = await ended
    expect(code).toBe(3)
    expect(stdout).toContain('holds its sockets, is lost')
    expect(finishedIn(output)).toBeGreaterThanOrEqual(3)
    for (const event of readEvents(join(output, 'events.ndjson')))
      if (event.kind === 'scenario-finished') expect(event.result.verdict).not.toBe('error')
    expect(await containers()).toEqual([])
    expect(await networks()).toBe(0)
  })

  it('that is killed ends these containers, too, and the next run removes what is left', async () => {
    const output = join(temporaryDirectory(), 'out')
    const { child, ended, containers, networks } = await startRun(output)
    child.kill('SIGKILL')
    await ended
    // The containers end, because their standard input has ended.
    await expect
      .poll(async () => (await containers()).filter(({ isTester }) => isTester), { timeout: 20_000 })
      .toEqual([])
    expect(finishedIn(output)).toBeGreaterThanOrEqual(3)
    await removeLeftovers(engine())
    expect(await containers()).toEqual([])
    expect(await networks()).toBe(0)
  })
})
