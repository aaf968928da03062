import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { describe, expect, it } from 'vitest'
import { SCENARIOS } from '../../suites/index.ts'
import { packageRoot } from '../implementations/package-root.ts'
import { LABELS, TESTER_LABEL } from '../implementations/run-identity.ts'
import { engineForTests } from '../implementations/testing/engine.ts'
import { readEvents } from '../report/events.ts'
import type { RunEvent } from '../runner/events.ts'
import { casesOf } from '../scenario/scenario.ts'
import { traceFromJson } from '../trace/json.ts'
import { readTrace } from '../trace/messages.ts'
import { writePcapng } from '../trace/pcapng.ts'
import { greAgreement } from '../trace/testing/agreement.ts'
import { haveTshark, readEachWithTshark, readWithTshark } from '../trace/testing/tshark.ts'
import { startProcess, temporaryDirectory } from './testing/command-line.ts'

const { available, engine } = await engineForTests()

/** All implementations in this package except the reference. */
const names = readdirSync(join(packageRoot(), 'containers')).filter(
  (name) => name !== 'reference' && existsSync(join(packageRoot(), 'containers', name, 'manifest.yaml')),
)

/** Two in each run, as in `npm start`: together they take little longer than one. */
const half = Math.ceil(names.length / 2)
const runs = names.slice(0, half).map((name, at) => [name, ...names.slice(half + at, half + at + 1)])

/** A filter for everything that belongs to a run. */
function filtersOf([start]: readonly RunEvent[]) {
  const run = start?.kind === 'run-started' ? start.run : 'none'
  return { label: [`${LABELS.run}=${run}`] }
}

type Finished = Extract<RunEvent, { kind: 'scenario-finished' }>

/** The number of captures that one tshark reads. */
const BATCH = 100

/** tshark must find in each capture what we wrote, and read each GRE header as we do. */
async function compareWithTshark(output: string, cases: readonly Finished[]): Promise<void> {
  const captures = cases.map(({ files }) => {
    const file = join(output, files?.trace ?? '')
    const trace = traceFromJson(readFileSync(file, 'utf8'), file)
    return { trace, written: writePcapng(readTrace(trace)) }
  })
  const readings = await readEachWithTshark(
    captures.map(({ written }, at) => ({
      octets: readFileSync(join(output, cases[at]?.files?.pcapng ?? '')),
      frames: written.counts.frames,
    })),
    { foreignPpp: true },
  )
  for (const [at, { trace, written }] of captures.entries()) {
    const counts = cases[at]?.counts
    const scenario = cases[at]?.result.scenario
    const right = { messages: counts?.messages, gre: counts?.gre, malformed: 0, errors: 0, badChecksums: 0 }
    let reading = readings[at]
    // If an earlier connection had the same two ports, tshark takes a segment for one of that
    // connection, sent again.
    if (!isDeepStrictEqual({ ...reading?.counts, frames: 0 }, { ...right, frames: 0 }))
      reading = await readWithTshark(join(output, cases[at]?.files?.pcapng ?? ''), { foreignPpp: true })
    expect({ scenario, ...reading?.counts }).toMatchObject({ scenario, ...right })
    const agreement = greAgreement(trace, written, reading?.frames ?? [])
    expect({ scenario, ...agreement }).toMatchObject({
      scenario,
      packets: counts?.gre,
      differences: [],
    })
  }
}

describe.skipIf(!available)('against containers', () => {
  it.each(runs.map((some) => [some.join(' and '), some] as const))(
    '%s: every scenario comes out as its baseline says, and tshark reads every capture as we do',
    {
      timeout: 900_000,
    },
    async (_, some) => {
      const output = join(temporaryDirectory(), 'out')
      const { ended } = startProcess(['run', ...some, '--provision', '--keep', 'all', '--output', output])
      const { code, stdout, stderr } = await ended
      expect(code, stdout + stderr).toBe(0)

      const events = readEvents(join(output, 'events.ndjson'))
      const finished = events.filter((event) => event.kind === 'scenario-finished')
      const started = events.filter((event) => event.kind === 'implementation-started')
      expect(started.map(({ implementation }) => implementation).sort()).toEqual([...some].sort())
      for (const { implementation, pics } of started) {
        const ofIt = finished.filter((event) => event.implementation === implementation)
        const own = SCENARIOS.filter(({ iut }) => pics.roles.includes(iut))
        expect(ofIt.length).toBe(own.flatMap(casesOf).length)
        expect(new Set(ofIt.map((event) => event.result.verdict)).size).toBeGreaterThan(1)
      }
      if (!haveTshark()) return
      const captures = finished.filter((event) => event.files !== undefined)
      expect(captures.length).toBe(finished.filter((event) => event.result.verdict !== 'skip').length)
      // Two at the same time, because the machine has two processors.
      await Promise.all(
        [0, 1].map(async (lane) => {
          for (let at = lane * BATCH; at < captures.length; at += 2 * BATCH)
            await compareWithTshark(output, captures.slice(at, at + BATCH))
        }),
      )
    },
  )

  it('a container that dies is replaced, and the run is red', { timeout: 180_000 }, async () => {
    const output = join(temporaryDirectory(), 'out')
    const argv = ['run', 'pptpd-1.4.0', '--lanes', '1', '--scenario', 'start/*', '--output', output, '--json']
    const { child, ended } = startProcess(argv)
    const events = () => readEvents(join(output, 'events.ndjson'))
    const docker = engine().docker
    let killed: Promise<unknown> | undefined
    child.stdout?.on('data', (piece: Buffer) => {
      if (killed !== undefined || !/"scenario-finished".*"verdict":"(pass|fail|warn)"/.test(piece.toString()))
        return
      killed = docker
        .listContainers({ filters: filtersOf(events()) })
        .then((found) => found.filter(({ Labels }) => Labels[TESTER_LABEL] === undefined))
        .then((found) => Promise.all(found.map(({ Id }) => docker.getContainer(Id).kill())))
    })
    const { code, stderr } = await ended
    await killed
    expect(code, stderr).toBe(1)
    const finished = events().flatMap((event) => (event.kind === 'scenario-finished' ? [event.result] : []))
    // The implementation has one role only; cases for the other are left out.
    const selected = SCENARIOS.filter(
      ({ id, iut }) => id.startsWith('start/') && iut === 'recipient',
    ).flatMap(casesOf)
    expect(finished.map(({ scenario }) => scenario).sort()).toEqual(selected.map(({ id }) => id).sort())
    expect(finished.filter(({ reason }) => reason === 'the implementation is dead')).toEqual([])
    const end = events().at(-1)
    const reasons = end?.kind === 'run-finished' ? end.reasons : []
    expect(
      reasons.filter((reason) => /^pptpd-1\.4\.0 died in .*: container exited/.test(reason)),
    ).toHaveLength(1)
    expect(await docker.listContainers({ all: true, filters: filtersOf(events()) })).toEqual([])
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
    const filters = filtersOf(events)
    expect(await engine().docker.listContainers({ all: true, filters })).toEqual([])
    expect(await engine().docker.listNetworks({ filters })).toEqual([])
  })
})
