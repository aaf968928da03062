import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { packageRoot } from '../../implementations/package-root.ts'
import type { Interruption, Io } from '../io.ts'
import { main } from '../main.ts'

/** The exit code and the output of a command line. */
export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Settings of a simulated process. */
export interface ProcessSettings {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly isTTY?: boolean
  /** The pieces of standard input. */
  readonly stdin?: readonly Uint8Array[]
  /** Called with every piece of standard output; it can interrupt the process. */
  readonly watch?: (text: string, interrupt: (interruption: Interruption) => void) => void
}

/** Runs the command line within this process. */
export async function pptpspec(argv: readonly string[], settings: ProcessSettings = {}): Promise<Outcome> {
  const { cwd = temporaryDirectory(), env = {}, isTTY = false, stdin = [], watch } = settings
  let stdout = ''
  let stderr = ''
  let listener: ((interruption: Interruption) => void) | undefined
  const io: Io = {
    stdout: {
      write(text) {
        stdout += text
        watch?.(text, (interruption) => listener?.(interruption))
      },
      isTTY,
      columns: 100,
    },
    stderr: {
      write(text) {
        stderr += text
      },
    },
    stdin: (async function* () {
      yield* stdin
    })(),
    env,
    cwd,
    onInterruption(next) {
      listener = next
      return () => {
        listener = undefined
      }
    },
  }
  const code = await main(argv, io)
  return { code, stdout, stderr }
}

/** Makes a directory that is removed when the test ends. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'pptpspec-cli-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** The path of the script that `npm run pptpspec` starts. */
export const CHECKOUT = join(packageRoot(), 'harness', 'cli', 'checkout.mjs')

/** Starts the command line as a process of its own, for tests of signals and pipes. */
export function startProcess(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): {
  readonly child: ChildProcess
  readonly ended: Promise<Outcome>
} {
  const child = spawn(process.execPath, [CHECKOUT, ...argv], {
    cwd: packageRoot(),
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', ...env },
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (piece: Buffer) => {
    stdout += piece.toString()
  })
  child.stderr.on('data', (piece: Buffer) => {
    stderr += piece.toString()
  })
  const ended = new Promise<Outcome>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, stdout, stderr }))
  })
  return { child, ended }
}
