import { spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { EnvironmentError } from '../errors/errors.ts'
import { findProgram, lastLines, runChild } from './child.ts'

/** How long one step of apt may take, and how long a started dockerd may take to answer, in ms. */
const APT_LIMIT = 600_000
const DOCKERD_LIMIT = 60_000

const NEEDS_ROOT = 'installing packages needs root'
/** The packages of Docker on Debian and Ubuntu. */
const DOCKER = ['docker.io', 'iptables']

function installCommand(packages: readonly string[]): string {
  return `sudo apt-get install -y --no-install-recommends ${packages.join(' ')}`
}

/** Returns the command that installs Docker and lets a user run containers. */
export function dockerCommand(user: string): string {
  return `${installCommand(DOCKER)} && sudo usermod -aG docker ${user}`
}

/**
 * Returns why this process cannot install system packages; undefined when it can.
 * @param osRelease text of /etc/os-release
 */
export function provisioningObstacle(uid: number | undefined, osRelease: string): string | undefined {
  const value = (key: string) => new RegExp(`^${key}="?([^"\n]*)"?$`, 'm').exec(osRelease)?.[1] ?? ''
  const families = [value('ID'), ...value('ID_LIKE').split(' ')]
  if (!families.includes('debian') && !families.includes('ubuntu')) {
    return `packages can be installed on Debian and Ubuntu only, and this is ${value('PRETTY_NAME') || 'neither'}`
  }
  if (uid !== 0) return NEEDS_ROOT
  return undefined
}

/** `provisioningObstacle` for this process. */
export function systemProvisioningObstacle(): string | undefined {
  return provisioningObstacle(process.getuid?.(), readText('/etc/os-release'))
}

/**
 * Installs Debian packages.
 * @param program a program of these packages: if it is there after apt has failed, the failure is
 * ignored.
 * @throws EnvironmentError when packages cannot be installed here, or when apt fails.
 */
export async function installPackages(
  packages: readonly string[],
  program: string,
  progress: (message: string) => void,
): Promise<void> {
  const obstacle = systemProvisioningObstacle()
  if (obstacle !== undefined) {
    throw new EnvironmentError(
      `cannot install ${packages.join(' ')}: ${obstacle}`,
      obstacle === NEEDS_ROOT ? `Run: ${installCommand(packages)}` : `Install by hand: ${packages.join(' ')}`,
    )
  }
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  progress(`installing ${packages.join(' ')} with apt-get`)
  // The status of the update is ignored: if a source that failed is needed, the installation fails.
  const update = await runChild('apt-get', ['update', '-q'], { limit: APT_LIMIT, env })
  const install = await runChild('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], {
    limit: APT_LIMIT,
    env,
  })
  if (install.status === 0) return
  if (findProgram(program) !== undefined) {
    // An installation also fails when an init script cannot start the package's service. The
    // programs are installed nevertheless.
    progress(`apt-get reported a failure, but ${program} is installed`)
    return
  }
  throw new EnvironmentError(
    `apt-get could not install ${packages.join(' ')}:\n${lastLines(`${update.output}\n${install.output}`, 10)}`,
    `Install by hand: ${packages.join(' ')}.`,
  )
}

/**
 * Makes sure that Docker runs: installs it when it is missing, starts `dockerd` when none runs, and
 * waits until an engine answers. The daemon outlives this process, so that the next run finds it.
 * @param how.answers returns whether an engine answers now.
 * @throws EnvironmentError with the reason and the remedy.
 */
export async function provisionEngine(how: {
  readonly progress: (message: string) => void
  readonly answers: () => Promise<boolean>
}): Promise<void> {
  if (findProgram('dockerd') === undefined) {
    if (systemProvisioningObstacle() === NEEDS_ROOT)
      throw new EnvironmentError(
        'no container engine is installed, and installing one needs root',
        `Run: ${dockerCommand(userInfo().username)}, and log in again`,
      )
    await installPackages(DOCKER, 'dockerd', how.progress)
    // Where there is an init system, the installation has started the service.
    if (await answersWithin(how.answers, 3_000, () => false)) return
  }
  if (process.getuid?.() !== 0) {
    throw new EnvironmentError(
      'Docker is installed but does not run, and starting it needs root',
      'Run: sudo systemctl start docker, or where no systemd runs: sudo dockerd',
    )
  }

  if (dockerdRuns()) {
    how.progress('waiting for the dockerd that is already running')
    if (await answersWithin(how.answers, DOCKERD_LIMIT, () => false)) return
    throw new EnvironmentError(
      'a dockerd runs but does not answer',
      'Look at its log, or stop it and try again.',
    )
  }

  const log = join(mkdtempSync(join(tmpdir(), 'pptpspec-dockerd-')), 'dockerd.log')
  how.progress(`starting dockerd (log: ${log})`)
  const sink = openSync(log, 'a')
  // Detached means a session of its own (setsid): Ctrl-C does not reach the daemon.
  const daemon = spawn(findProgram('dockerd') ?? 'dockerd', [], {
    detached: true,
    stdio: ['ignore', sink, sink],
  })
  closeSync(sink)
  let ended = false
  daemon.on('exit', () => {
    ended = true
  })
  daemon.on('error', () => {
    ended = true
  })
  daemon.unref()
  // If another process has started dockerd at the same time, ours ends at once, and the other one
  // answers a moment later.
  if (await answersWithin(how.answers, DOCKERD_LIMIT, () => ended && !dockerdRuns())) return
  throw new EnvironmentError(
    `dockerd ${ended ? 'ended' : 'does not answer'}; the end of its log:\n${lastLines(readText(log), 10)}`,
    `Its whole log is in ${log}. It needs iptables, cgroups and the right to create network bridges.`,
  )
}

async function answersWithin(
  answers: () => Promise<boolean>,
  limit: number,
  hopeless: () => boolean,
): Promise<boolean> {
  const deadline = performance.now() + limit
  for (;;) {
    if (await answers()) return true
    if (performance.now() > deadline) return false
    if (hopeless()) return answers()
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}

/** Returns whether the process in dockerd's pid file is a dockerd. */
function dockerdRuns(): boolean {
  const pid = Number.parseInt(readText('/var/run/docker.pid'), 10)
  return Number.isInteger(pid) && readText(`/proc/${pid}/comm`).trim() === 'dockerd'
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
