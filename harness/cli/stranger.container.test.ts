import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { packageRoot } from '../implementations/package-root.ts'
import { engineForTests } from '../implementations/testing/engine.ts'
import { MUTANTS } from '../reference/mutants.ts'
import { readEvents } from '../report/events.ts'
import { startProcess, temporaryDirectory } from './testing/command-line.ts'

const { available } = await engineForTests()

const FAULT = 'framer-one-message-per-read'
/** It holds one call, ends idle ones after 5 s, and its PPP keeps silent until it is spoken to. */
const HABITS = ['one-call', 'clears-idle-calls', 'silent-ppp-as-a-server']
/** The container of the reference takes clients behind one address, which is a warning. */
const OF_THE_CONTAINER = '3.1.3/one-connection'

/** Makes a folder of an implementation that nobody has seen: the reference, changed. */
function strangerFolder(): string {
  const folder = join(temporaryDirectory(), 'stranger')
  cpSync(join(packageRoot(), 'containers', 'reference'), folder, { recursive: true })
  const manifest = join(folder, 'manifest.yaml')
  const text = readFileSync(manifest, 'utf8')
    .replace(/^name: reference$/m, 'name: stranger')
    .replace('callsPerConnection: 16', 'callsPerConnection: 1')
  writeFileSync(manifest, `${text}\nstart:\n  env:\n    PPTPSPEC_FAULT: ${[FAULT, ...HABITS].join(',')}\n`)
  return folder
}

describe.skipIf(!available)('a server that nobody has seen, on real sockets', () => {
  it('is accused of its fault and of nothing else', { timeout: 600_000 }, async () => {
    const output = join(temporaryDirectory(), 'out')
    const argv = ['run', strangerFolder(), '--role', 'recipient', '--tag', '!timed', '--output', output]
    const { code, stdout, stderr } = await startProcess(argv).ended
    expect(code, stdout + stderr).toBe(1)
    const accusations = readEvents(join(output, 'events.ndjson')).flatMap((event) =>
      event.kind === 'scenario-finished'
        ? [...event.result.findings, ...(event.watched ?? [])]
            .filter(({ verdict }) => verdict === 'fail' || verdict === 'warn')
            .map(({ requirement, expected, seen }) => ({
              case: event.result.scenario,
              requirement,
              expected,
              seen,
            }))
        : [],
    )
    const lawful = new Set([...MUTANTS[FAULT].breaks, OF_THE_CONTAINER])
    expect(accusations.filter(({ requirement }) => !lawful.has(requirement))).toEqual([])
    expect(accusations.some(({ requirement }) => MUTANTS[FAULT].breaks.includes(requirement))).toBe(true)
  })
})
