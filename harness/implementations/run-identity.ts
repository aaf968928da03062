import { randomBytes } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/**
 * The process that creates a container or network. Shows later whether that process still runs.
 */
export interface RunIdentity {
  /** Unique for each process of pptpspec, e.g. `a1b2c3d4`. */
  readonly run: string
  readonly pid: number
  /**
   * Boot id of the kernel, and start time of the process in clock ticks: distinguishes the process
   * from a later one with the same pid.
   */
  readonly start: string
  /**
   * The PID namespace of `pid`, e.g. `pid:[4026531836]`. The host name does not show it: a
   * container on the host's network has the host's name, but other processes. No other namespace
   * gets this number while a process runs in it.
   */
  readonly namespace: string
  /**
   * Host name. A remote engine serves several hosts, and this one cannot see processes of the
   * others.
   */
  readonly host: string
}

/** Names of the labels on everything that a run creates. */
export const LABELS = {
  run: 'pptpspec.run',
  pid: 'pptpspec.pid',
  start: 'pptpspec.host-start',
  namespace: 'pptpspec.pid-namespace',
  host: 'pptpspec.host',
} as const

/** An additional label on the containers of a tester. */
export const TESTER_LABEL = 'pptpspec.tester'

/** Stands for a value that could not be found out. No conclusion is drawn from it. */
export const UNKNOWN = 'unknown'

let current: RunIdentity | undefined

/** Returns the identity of this process, the same at every call. */
export function currentRun(): RunIdentity {
  current ??= {
    run: randomBytes(4).toString('hex'),
    pid: process.pid,
    start: processStart(process.pid) ?? UNKNOWN,
    namespace: pidNamespace(),
    host: hostname(),
  }
  return current
}

/** Returns the labels for everything that a run creates. */
export function runLabels(identity: RunIdentity): Record<string, string> {
  return {
    [LABELS.run]: identity.run,
    [LABELS.pid]: String(identity.pid),
    [LABELS.start]: identity.start,
    [LABELS.namespace]: identity.namespace,
    [LABELS.host]: identity.host,
  }
}

/**
 * Returns when a process started, as `<boot id>/<clock ticks since boot>`; undefined when there is
 * no such process, and `UNKNOWN` when its start is not visible (/proc mounted with hidepid).
 */
export function processStart(pid: number): string | undefined {
  try {
    const ticks = startTicks(readFileSync(`/proc/${pid}/stat`, 'utf8'))
    return ticks === undefined ? UNKNOWN : `${bootId()}/${ticks}`
  } catch {
    return exists(pid) ? UNKNOWN : undefined
  }
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH')
  }
}

/**
 * Returns field 22 (starttime) of /proc/PID/stat. Field 2, the program's name in brackets, may hold
 * blanks and brackets itself, so fields are counted from the last closing bracket.
 */
export function startTicks(stat: string): string | undefined {
  const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = afterName[22 - 3]
  return ticks !== undefined && /^\d+$/.test(ticks) ? ticks : undefined
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return 'unknown-boot'
  }
}

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return UNKNOWN
  }
}

/**
 * Returns whether the run that created a container or network with these labels is over. Returns
 * false in doubt: if it was created on another host or in another PID namespace, or if a label is
 * missing.
 * @param startOf returns the start of a process, like `processStart`.
 */
export function isLeftover(
  labels: Readonly<Record<string, string>>,
  us: RunIdentity,
  startOf: (pid: number) => string | undefined,
): boolean {
  const run = labels[LABELS.run]
  const pid = Number(labels[LABELS.pid])
  const start = labels[LABELS.start]
  if (run === undefined || start === undefined || !Number.isInteger(pid) || pid <= 0) return false
  if (run === us.run || labels[LABELS.host] !== us.host) return false
  if (us.namespace === UNKNOWN || labels[LABELS.namespace] !== us.namespace) return false
  const found = startOf(pid)
  if (found === undefined) return true
  return found !== UNKNOWN && start !== UNKNOWN && found !== start
}
