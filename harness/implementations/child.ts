import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** How a program has ended. */
export interface ChildResult {
  /** Exit status; null when the program was killed or never started. */
  readonly status: number | null
  /** The last `OUTPUT_LIMIT` characters of its standard output and standard error. */
  readonly output: string
}

const OUTPUT_LIMIT = 65_536

/**
 * Runs a program without a shell, and waits for its end. The end of its output is kept, not shown.
 * If the program cannot be started, the result has status null; nothing is thrown.
 * @param limit the program is killed after this many ms.
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
 * Returns the full path of a program on PATH or in the folders of system programs; undefined when
 * it is in none of them.
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

/** Returns the last `count` lines that are not empty. */
export function lastLines(text: string, count: number): string {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-count)
    .join('\n')
}
