import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryDirectory } from '../cli/testing/command-line.ts'
import { EnvironmentError } from '../errors/errors.ts'
import type { Dial } from '../scenario/dial.ts'
import { createLocalDialler, type DialPrograms } from './local-dial.ts'
import { createLogBuffer } from './log-buffer.ts'

const run = (script: string, ...args: readonly string[]) => [process.execPath, '-e', script, ...args]

/** Dials, and waits for the first line of output if the command prints one. */
async function dial(programs: DialPrograms, settings = {}, waits = true) {
  let heard = () => {}
  const first = new Promise<void>((resolve) => {
    heard = resolve
  })
  const log = createLogBuffer(
    () => 0,
    () => heard(),
  )
  const underWay = await createLocalDialler(programs, log)('192.0.2.1', settings)
  if (waits) await first
  return { underWay, log }
}

const isAlive = (pid: number): boolean => {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

async function endOf(underWay: Dial) {
  const end = await underWay.ended
  await underWay.stop()
  return end
}

describe('a dial by a program of this machine', () => {
  it('gets its words unchanged: no shell reads them, and values are not filled in again', async () => {
    const shown = 'console.log(JSON.stringify(process.argv.slice(1)))'
    const { underWay, log } = await dial(
      {
        command: run(shown, '{server}', '$(id) {dial}', 'a b'),
        settings: { secret: ['--secret={value}'], phoneNumber: ['--phone', '{value}'] },
      },
      { secret: '`id`; {server}', phoneNumber: undefined },
    )
    expect(await endOf(underWay)).toMatchObject({ status: 0 })
    expect(JSON.parse(log.tail()[0] ?? '')).toEqual([
      '192.0.2.1',
      '$(id) dial-1',
      'a b',
      '--secret=`id`; {server}',
    ])
  })

  it('reports its exit status and its last lines', async () => {
    const { underWay } = await dial({ command: run('console.error("no\\nway"); process.exit(5)') })
    expect(await endOf(underWay)).toEqual({ status: 5, detail: 'no | way' })
  })

  it('has an empty standard input that stays open', async () => {
    const { underWay } = await dial(
      {
        command: run(
          'process.stdin.on("end", () => process.exit(9)).resume(); setTimeout(() => process.exit(3), 200)',
        ),
      },
      {},
      false,
    )
    expect(await endOf(underWay)).toMatchObject({ status: 3 })
  })

  it('hangs up by SIGTERM, or as the programs say', async () => {
    const script =
      'process.on("SIGTERM", () => process.exit(4)); setInterval(() => {}, 1000); console.log("up")'
    const { underWay } = await dial({ command: run(script) })
    await underWay.hangUp?.()
    expect(await endOf(underWay)).toMatchObject({ status: 4 })

    const file = join(temporaryDirectory(), 'hung-up')
    const other = await dial({
      command: run(script),
      hangUp: run('fs.writeFileSync(process.argv[1], process.argv[2])', file, '{dial} of {server}'),
    })
    await other.underWay.hangUp?.()
    expect(readFileSync(file, 'utf8')).toBe('dial-1 of 192.0.2.1')
    await other.underWay.stop()
    expect(await other.underWay.ended).toEqual({ status: undefined, detail: 'stopped' })

    const failing = await dial({ command: run(script), hangUp: run('process.exit(1)') })
    await expect(failing.underWay.hangUp?.()).rejects.toThrow(EnvironmentError)
    await failing.underWay.stop()
  })

  it('stops with all its children, even those that ignore SIGTERM', async () => {
    const stubborn = 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); console.log(process.pid)'
    const parent = `require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(stubborn)}], { stdio: "inherit" }); setInterval(() => {}, 1000)`
    const { underWay, log } = await dial({ command: run(parent) })
    const child = Number(log.tail()[0])
    expect(isAlive(child)).toBe(true)
    await underWay.stop()
    expect(isAlive(child)).toBe(false)
    await underWay.stop()
  })

  it('throws EnvironmentError when its program does not exist', async () => {
    await expect(dial({ command: ['/nowhere/pptp'] })).rejects.toThrow(/cannot be started.*ENOENT/)
    await expect(dial({ command: run('') }, { window: 1 })).rejects.toThrow(/no dial.settings.window/)
  })
})
