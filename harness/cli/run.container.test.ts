import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { SCENARIOS } from '../../suites/index.ts'
import { LABELS } from '../implementations/run-identity.ts'
import { engineForTests } from '../implementations/testing/engine.ts'
import { readEvents } from '../report/events.ts'
import { casesOf } from '../scenario/scenario.ts'
import { traceFromJson } from '../trace/json.ts'
import { writePcapng } from '../trace/pcapng.ts'
import { greAgreement } from '../trace/testing/agreement.ts'
import { haveTshark, readWithTshark } from '../trace/testing/tshark.ts'
import { startProcess, temporaryDirectory } from './testing/command-line.ts'

const { available, engine } = await engineForTests()

describe.skipIf(!available)('against pptpd', () => {
  it('every scenario comes out as the baselines say, and tshark reads every capture as we do', {
    timeout: 600_000,
  }, async () => {
    const output = join(temporaryDirectory(), 'out')
    const { child, ended } = startProcess([
      'run',
      'pptpd-1.4.0',
      'pptpd-1.5.0',
      '--provision',
      '--output',
      output,
    ])
    let text = ''
    child.stdout?.on('data', (piece: Buffer) => {
      text += piece.toString()
    })
    child.stderr?.on('data', (piece: Buffer) => {
      text += piece.toString()
    })
    const { code } = await ended
    expect(code, text).toBe(0)

    const finished = readEvents(join(output, 'events.ndjson')).filter(
      (event) => event.kind === 'scenario-finished',
    )
    const cases = SCENARIOS.flatMap(casesOf).length
    expect(finished.length).toBe(2 * cases)
    expect(new Set(finished.map((event) => event.result.verdict)).size).toBeGreaterThan(1)
    if (!haveTshark()) return
    // Two at a time: what the machine has of cores.
    const captures = finished.filter((event) => event.files !== undefined)
    expect(captures.length).toBe(finished.filter((event) => event.result.verdict !== 'skip').length)
    await Promise.all(
      [0, 1].map(async (half) => {
        for (const { result, files, counts } of captures.filter((_, at) => at % 2 === half)) {
          const { scenario } = result
          const { counts: seen, frames } = await readWithTshark(join(output, files?.pcapng ?? ''))
          expect({ scenario, ...seen }).toMatchObject({
            scenario,
            messages: counts?.messages,
            gre: counts?.gre,
            malformed: 0,
            errors: 0,
            badChecksums: 0,
          })
          const file = join(output, files?.trace ?? '')
          const trace = traceFromJson(readFileSync(file, 'utf8'), file)
          const agreement = greAgreement(trace, writePcapng(trace), frames)
          expect({ scenario, ...agreement }).toMatchObject({
            scenario,
            packets: counts?.gre,
            differences: [],
          })
        }
      }),
    )
  })

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
