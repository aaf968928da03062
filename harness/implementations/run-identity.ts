import { randomBytes } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/**
 * The creator of a container or network: enough to find out later whether that process still runs.
 */
export interface RunIdentity {
  /** Unique per process of ours, e.g. `a1b2c3d4`. */
  readonly run: string
  readonly pid: number
  /**
   * Boot id of the kernel and start time of the process in its clock ticks: distinguishes the
   * process from a later one with the same pid.
   */
  readonly start: string
  /**
   * The PID namespace that `pid` counts in, e.g. `pid:[4026531836]`. A container with the host's
   * network has the host's name, but not its processes. No other namespace gets this number while a
   * process runs in it.
   */
  readonly namespace: string
  /**
   * Host name: processes of another host cannot be seen from here, and a remote engine serves
   * several hosts.
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

/** A further label on containers of a tester. */
export const TESTER_LABEL = 'pptpspec.tester'

/** A value that could not be found out. Nothing is concluded from it. */
export const UNKNOWN = 'unknown'

let current: RunIdentity | undefined

/** The identity of this process; always the same. */
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

/** Labels for everything that this run creates. */
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
 * When a process started, as `<boot id>/<clock ticks since boot>`; undefined when there is no such
 * process, and `UNKNOWN` when its start is not visible (/proc mounted with hidepid).
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
 * Field 22 (starttime) of /proc/PID/stat. Field 2 is the program's name in brackets and may itself
 * hold blanks and brackets, so counting starts after the last closing one.
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
 * Whether a container or network with these labels was left behind by a run that is over. In doubt
 * it is kept: if another host or PID namespace made it, or a label is missing.
 * @param startOf start of a process by pid, see `processStart`.
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
