import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { EnvironmentError } from '../errors/errors.ts'
import type { Dial, DialEnd, Dialler } from '../scenario/dial.ts'
import { findProgram, lastLines, runChild } from './child.ts'
import { fillWords, type SettingWords, settingWords } from './dial-words.ts'
import type { LogBuffer } from './log-buffer.ts'

/** Programs of this machine that make a client dial: lists of words, run without a shell. */
export interface DialPrograms {
  /**
   * The command that dials, and runs as long as the call. `{server}` stands for the address to
   * dial, `{dial}` for the name of this dial.
   */
  readonly command: readonly string[]
  /**
   * Words that are added to the command for a setting of a dial; `{value}` stands for the value.
   */
  readonly settings?: SettingWords | undefined
  /** The command that ends the call. Unless given, SIGTERM to the dial command does. */
  readonly hangUp?: readonly string[] | undefined
  /** Whether the client connects again by itself after an error. */
  readonly persists?: boolean | undefined
  /** A command that cleans up after the dial command and all its children have ended. */
  readonly stop?: readonly string[] | undefined
}

/** How long the programs `hangUp` and `stop` may take, in ms. */
const PROGRAM_LIMIT = 10_000
/** How long a dial may take to end after SIGTERM before it is killed; ms between two checks. */
const GRACE = 2_000
const LOOK = 20
/**
 * How long output is still read after a program's end, in ms: a child that keeps running may hold
 * the output open for ever.
 */
const LAST_WORDS = 100
/** How many of the last lines of a dial's output are reported, and how many characters at most. */
const LINES = 4
const DETAIL_LIMIT = 400
/** How many of the last characters of a dial's output are kept for these lines. */
const OUTPUT_LIMIT = 4_096

/** Process groups of dials that may still run. */
const groups = new Set<number>()
process.on('exit', () => {
  for (const group of groups) signalGroup(group, 'SIGKILL')
})

/**
 * Creates a dialler that runs programs of this machine. Each dial is a process group of its own,
 * without a terminal; its standard input stays open and empty, because some clients carry PPP on
 * it.
 *
 * `hangUp` and `stop` throw EnvironmentError when their program fails.
 * @param log gets the output of the dial commands.
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
  // The program may close its standard input at any time.
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

/** Starts the dial command. @throws EnvironmentError when it cannot be started. */
function startProgram([program = '', ...args]: readonly string[]): Promise<
  ChildProcess & { readonly pid: number }
> {
  // Not every PATH has the folders of system programs, such as /usr/sbin.
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

/** Waits at most `GRACE` ms for the end of a process group. @returns whether it has ended. */
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
    // The group has no process any more.
  }
}

/**
 * Returns whether a process of the group is alive. Zombies do not count: an orphan may stay one for
 * long.
 */
function lives(group: number): boolean {
  return readdirSync('/proc').some((entry) => {
    if (!/^\d+$/.test(entry)) return false
    try {
      // After the program's name, which may hold any character, come state, parent and group.
      const [state, , itsGroup] = (
        readFileSync(`/proc/${entry}/stat`, 'utf8').split(') ').at(-1) ?? ''
      ).split(' ')
      return itsGroup === String(group) && state !== 'Z' && state !== 'X'
    } catch {
      return false
    }
  })
}
