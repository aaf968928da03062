import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { EnvironmentError } from '../harness/errors/errors.ts'
import { packageRoot } from '../harness/implementations/package-root.ts'

/** The cost of a process. */
export interface ProcessCost {
  readonly seconds: number
  /** Its peak memory in MiB. It is sampled, so growth in the last few ms may be missing. */
  readonly memory: number
  readonly output: string
}

/** ms between two samples of a process's memory. */
const LOOK = 10
/** The most characters of output that are kept. */
const MOST_OUTPUT = 100_000
const ROOT = packageRoot()
const MAIN = join(ROOT, 'harness', 'cli', 'checkout.mjs')

/** Runs a command of `pptpspec` from this checkout in a process of its own. */
export function runPptpspec(argv: readonly string[]): Promise<ProcessCost> {
  return runProcess(process.execPath, [MAIN, ...argv])
}

/**
 * Runs a program to its end.
 * @throws EnvironmentError when it cannot be started, or ends with a status other than 0 or 1.
 */
export function runProcess(program: string, argv: readonly string[]): Promise<ProcessCost> {
  const began = performance.now()
  const child = spawn(program, argv, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] })
  let memory = 0
  let output = ''
  let complaint = ''
  child.stdout.on('data', (data) => {
    if (output.length < MOST_OUTPUT) output += data
  })
  child.stderr.on('data', (data) => {
    complaint = `${complaint}${data}`.slice(-1_000)
  })
  const looking = setInterval(() => {
    memory = Math.max(memory, peakOf(child.pid))
  }, LOOK)
  return new Promise((resolve, reject) => {
    const failed = (why: string): void => {
      clearInterval(looking)
      const remedy = 'Run the same command by hand to see more'
      reject(new EnvironmentError(`${program} ${argv.join(' ')}: ${why}`, remedy))
    }
    child.on('error', (error) => failed(error.message))
    child.on('close', (status) => {
      const seconds = (performance.now() - began) / 1000
      if (status !== 0 && status !== 1) failed(`status ${status}: ${complaint}`)
      clearInterval(looking)
      resolve({ seconds, memory, output })
    })
  })
}

/** Reads the peak memory (VmHWM) of a process in MiB; 0 when the process has ended. */
function peakOf(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}
