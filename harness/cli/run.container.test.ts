import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { LABELS } from '../implementations/run-identity.ts'
import { engineForTests } from '../implementations/testing/engine.ts'
import { readEvents } from '../report/events.ts'
import { startProcess, temporaryDirectory } from './testing/command-line.ts'

const { available, engine } = await engineForTests()

describe.skipIf(!available)('against pptpd', () => {
  it('Ctrl-C while containers are playing removes them', { timeout: 180_000 }, async () => {
    const output = join(temporaryDirectory(), 'out')
    const { child, ended } = startProcess(['run', 'pptpd-1.4.0', '--output', output, '--json'])
    let interruptedAt = 0
    child.stdout?.on('data', (piece: Buffer) => {
      if (interruptedAt > 0 || !piece.toString().includes('"scenario-finished"')) return
      interruptedAt = performance.now()
      child.kill('SIGINT')
    })
    const { code } = await ended
    expect(code).toBe(3)
    expect(performance.now() - interruptedAt).toBeLessThan(15_000)

    const events = readEvents(join(output, 'events.ndjson'))
    expect(events.at(-1)).toMatchObject({ kind: 'run-finished', interrupted: 'SIGINT' })
    expect(existsSync(join(output, 'junit.xml'))).toBe(true)
    const start = events[0]
    const run = start?.kind === 'run-started' ? start.run : 'none'
    const filters = { label: [`${LABELS.run}=${run}`] }
    expect(await engine().docker.listContainers({ all: true, filters })).toEqual([])
    expect(await engine().docker.listNetworks({ filters })).toEqual([])
  })
})
