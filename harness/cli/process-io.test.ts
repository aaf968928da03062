import { spawn, spawnSync } from 'node:child_process'
import { existsSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { packageRoot } from '../implementations/package-root.ts'
import { readEvents } from '../report/events.ts'
import { CHECKOUT, temporaryDirectory } from './testing/command-line.ts'

/** Runs a script in a process that has `io`. @returns its exit code. */
function exitCodeOf(program: string, stderr: 'ignore' | number = 'ignore'): number | null {
  const module = new URL('process-io.ts', import.meta.url).href
  const whole = `import { processIo } from '${module}'\nconst io = processIo()\n${program}`
  const node = ['--import', 'tsx', '--input-type=module', '--eval', whole]
  return spawnSync(process.execPath, node, { cwd: packageRoot(), stdio: ['ignore', 'ignore', stderr] }).status
}

it('a second SIGHUP does not end the process while a run is being stopped, a second SIGTERM does', () => {
  const twice = (signal: string) => `
    let heard = 0
    io.onInterruption(() => process.kill(process.pid, '${signal}'))
    process.on('${signal}', () => { if (++heard === 2) process.exit(0) })
    process.kill(process.pid, '${signal}')
    setTimeout(() => {}, 10_000)`
  expect(exitCodeOf(twice('SIGHUP'))).toBe(0)
  expect(exitCodeOf(twice('SIGTERM'))).toBe(3)
})

it('while a run is being stopped, output that cannot be written does not end the process', () => {
  const stop = `
    io.onInterruption(() => io.stderr.write('stopping'))
    process.stderr.on('error', () => setImmediate(() => process.exit(0)))
    setTimeout(() => {}, 10_000)`
  const full = openSync('/dev/full', 'w')
  expect(exitCodeOf(`${stop}\nprocess.kill(process.pid, 'SIGTERM')`, full)).toBe(0)
  expect(exitCodeOf(`${stop}\nprocess.stderr.write('x')`, full)).toBe(0)
  expect(exitCodeOf(`process.stderr.write('x')\nsetTimeout(() => {}, 10_000)`, full)).toBe(3)
})

it.skipIf(spawnSync('script', ['--version']).status !== 0)(
  'a terminal that closes ends a run in order',
  async () => {
    const output = join(temporaryDirectory(), 'out')
    const command = `exec '${process.execPath}' '${CHECKOUT}' run reference --output '${output}'`
    const terminal = spawn('script', ['--quiet', '--flush', '--command', command, '/dev/null'], {
      cwd: packageRoot(),
      // The run inherits a second descriptor, whose end we can see; its terminal is the first.
      stdio: ['ignore', 'pipe', 'ignore', 'pipe'],
    })
    const ended = new Promise((resolve) => terminal.stdio[3]?.on('data', () => {}).once('close', resolve))
    terminal.stdout?.once('data', () => terminal.kill('SIGKILL'))
    await ended

    expect(readEvents(join(output, 'events.ndjson')).at(-1)).toMatchObject({
      kind: 'run-finished',
      interrupted: 'SIGHUP',
    })
    expect(existsSync(join(output, 'junit.xml'))).toBe(true)
  },
)
