import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The end of a program. */
export interface ChildResult {
  /** Exit status; null when it was killed or never started. */
  readonly status: number | null
  /** The end of what it wrote to standard output and standard error, bounded. */
  readonly output: string
}

const OUTPUT_LIMIT = 65_536

/**
 * Runs a program without a shell and waits for it; its output is kept, bounded, not shown.
 * A program that cannot be started is a result with status null, not an exception.
 * @param limit kills it after this many ms.
 */
export function runChild(
  command: string,
  args: readonly string[],
  options: {
    readonly limit: number
    readonly env?: Readonly<Record<string, string>>
    /** Its working directory; that of this process unless given. */
    readonly cwd?: string
    readonly signal?: AbortSignal
  },
): Promise<ChildResult> {
  return new Promise((resolve) => {
    let output = ''
    const child = spawn(command, [...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...options.env },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      timeout: options.limit,
      killSignal: 'SIGKILL',
      ...(options.signal ? { signal: options.signal } : {}),
    })
    const collect = (piece: Buffer) => {
      output = (output + piece.toString('utf8')).slice(-OUTPUT_LIMIT)
    }
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    child.on('error', (error) => resolve({ status: null, output: `${output}${error.message}` }))
    child.on('close', (status) => resolve({ status, output }))
  })
}

/**
 * The full path of a program on PATH or in the folders of system programs; undefined when there is
 * none.
 */
export function findProgram(name: string, path: string = process.env.PATH ?? ''): string | undefined {
  const folders = [...path.split(delimiter).filter(Boolean), '/usr/local/sbin', '/usr/sbin', '/sbin']
  return folders.map((folder) => join(folder, name)).find(isExecutable)
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The last `count` lines that are not empty. */
export function lastLines(text: string, count: number): string {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-count)
    .join('\n')
}
