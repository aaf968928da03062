import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { EnvironmentError } from '../errors/errors.ts'
import type { Dial, DialEnd, Dialler } from '../scenario/dial.ts'
import { findProgram, lastLines, runChild } from './child.ts'
import { fillWords, type SettingWords, settingWords } from './dial-words.ts'
import type { LogBuffer } from './log-buffer.ts'

/** Programs of this machine, as lists of words: no shell sees them. */
export interface DialPrograms {
  /**
   * Dials, and lives as long as the call. `{server}` stands for the address to dial, `{dial}` for a
   * name of this dial.
   */
  readonly command: readonly string[]
  /** What is added to it for a setting of a dial; `{value}` stands for the value. */
  readonly settings?: SettingWords | undefined
  /** Makes it end the call; SIGTERM to the command unless given. */
  readonly hangUp?: readonly string[] | undefined
  /** Whether it connects again by itself after an error. */
  readonly persists?: boolean | undefined
  /** Run after the command and all its children were ended, for what they leave behind. */
  readonly stop?: readonly string[] | undefined
}

/** How long `hangUp` and `stop` may take, in ms. */
const PROGRAM_LIMIT = 10_000
/** How long a dial has to end in order, in ms, before it is killed; and how often to look. */
const GRACE = 2_000
const LOOK = 20
/**
 * ms from a program's end until what it wrote has been read; a child that lives on may hold its
 * output open.
 */
const LAST_WORDS = 100
/** How many of the last lines that a dial printed are told, and how many characters of them. */
const LINES = 4
const DETAIL_LIMIT = 400
/** How much of what a dial prints is remembered for that, in characters. */
const OUTPUT_LIMIT = 4_096

/** Process groups of dials that may still live. */
const groups = new Set<number>()
process.on('exit', () => {
  for (const group of groups) signalGroup(group, 'SIGKILL')
})

/**
 * Dials by programs of this machine. Each dial is a process group of its own, without a terminal;
 * its standard input stays open and empty, because some clients carry PPP on it.
 *
 * What is thrown later, by `hangUp` and `stop`, is an EnvironmentError: the program failed.
 * @param log takes what they print.
 */
export function createLocalDialler(programs: DialPrograms, log: LogBuffer): Dialler {
  let dials = 0
  return async (server, settings = {}) => {
    dials += 1
    const filled = { '{dial}': `dial-${dials}`, '{server}': server }
    const { command, hangUp, stop } = programs
    const child = await startProgram([
      ...fillWords(command, filled),
      ...settingWords(programs.settings, settings),
    ])
    return overChild(child, log, {
      hangUp: hangUp === undefined ? undefined : fillWords(hangUp, filled),
      stop: stop === undefined ? undefined : fillWords(stop, filled),
    })
  }
}

function overChild(
  child: ChildProcess & { readonly pid: number },
  log: LogBuffer,
  { hangUp, stop }: Pick<DialPrograms, 'hangUp' | 'stop'>,
): Dial {
  const { pid } = child
  groups.add(pid)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8')
    stream?.on('data', (piece: string) => {
      output = (output + piece).slice(-OUTPUT_LIMIT)
      log.push(piece)
    })
  }
  // It may close its end at any time.
  child.stdin?.on('error', () => {})
  let stopped: Promise<void> | undefined
  const ended = new Promise<DialEnd>((resolve) => {
    child.once('exit', (status, signal) => {
      const tell = () => {
        const said = lastLines(output, LINES).replaceAll('\n', ' | ').slice(-DETAIL_LIMIT)
        if (stopped !== undefined) resolve({ status: undefined, detail: 'stopped' })
        else if (status === null) resolve({ status: undefined, detail: `${signal}: ${said}` })
        else resolve({ status, detail: said })
      }
      const timer = setTimeout(tell, LAST_WORDS)
      child.once('close', () => {
        clearTimeout(timer)
        tell()
      })
    })
  })

  const end = async (): Promise<void> => {
    signalGroup(pid, 'SIGTERM')
    if (!(await isGone(pid))) {
      signalGroup(pid, 'SIGKILL')
      await isGone(pid)
    }
    groups.delete(pid)
    await ended
    child.stdin?.destroy()
    if (stop !== undefined) await perform(stop, 'stop')
  }
  return {
    async hangUp() {
      if (hangUp === undefined) child.kill('SIGTERM')
      else await perform(hangUp, 'hangUp')
    },
    ended,
    stop() {
      stopped ??= end()
      return stopped
    },
  }
}

/** @throws EnvironmentError when it cannot be started. */
function startProgram([program = '', ...args]: readonly string[]): Promise<
  ChildProcess & { readonly pid: number }
> {
  // Where system programs live is not on everybody's PATH.
  const path = program.includes('/') ? program : (findProgram(program) ?? program)
  return new Promise((resolve, reject) => {
    const child = spawn(path, args, { stdio: ['pipe', 'pipe', 'pipe'], detached: true })
    child.once('error', (cause) =>
      reject(
        new EnvironmentError(
          `the dial command cannot be started: ${cause.message}`,
          'Give a program of this machine and its arguments; no shell reads them',
          { cause },
        ),
      ),
    )
    child.once('spawn', () => resolve(child as ChildProcess & { readonly pid: number }))
  })
}

async function perform([program = '', ...args]: readonly string[], field: string): Promise<void> {
  const { status, output } = await runChild(program, args, { limit: PROGRAM_LIMIT })
  if (status !== 0)
    throw new EnvironmentError(
      `dial.${field} ended with status ${status ?? 'unknown'}: ${lastLines(output, 1).slice(0, DETAIL_LIMIT)}`,
    )
}

/** Waits, within a bound, until nobody of a process group is left. */
async function isGone(group: number): Promise<boolean> {
  for (let waited = 0; waited < GRACE; waited += LOOK) {
    if (!lives(group)) return true
    await new Promise((resolve) => setTimeout(resolve, LOOK))
  }
  return false
}

function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal)
  } catch {
    // Nobody is left to hear it.
  }
}

/**
 * Whether a process group has a member that lives. The dead stay until somebody asks for their
 * status, which orphans may wait for.
 */
function lives(group: number): boolean {
  return readdirSync('/proc').some((entry) => {
    if (!/^\d+$/.test(entry)) return false
    try {
      // Behind the name, which may hold anything: state, parent, group.
      const [state, , itsGroup] = (
        readFileSync(`/proc/${entry}/stat`, 'utf8').split(') ').at(-1) ?? ''
      ).split(' ')
      return itsGroup === String(group) && state !== 'Z' && state !== 'X'
    } catch {
      return false
    }
  })
}
