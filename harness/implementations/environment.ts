import { existsSync } from 'node:fs'
import { userInfo } from 'node:os'
import { EnvironmentError, messageOf } from '../errors/errors.ts'
import { findProgram, runChild } from './child.ts'
import { type Engine, type EngineOptions, findEngine, systemInputs } from './engine.ts'
import { baseImageNames, debianMirror, imageId } from './images.ts'
import { listImplementations } from './manifest.ts'
import { dockerCommand, systemProvisioningObstacle } from './provision.ts'

/** One line of `pptpspec doctor`. */
export interface EnvironmentCheck {
  /** What is checked, e.g. `container engine`. */
  readonly check: string
  /** False when something is missing that runs may need; `remedy` says what to do. */
  readonly ok: boolean
  /** The result, in a few words. */
  readonly detail: string
  /** What the user can do; only when `ok` is false. */
  readonly remedy?: string
}

const MIRROR_LIMIT = 5_000
const PROGRAM_LIMIT = 5_000

/** Checks everything that starting containers depends on. Changes nothing; never throws. */
export async function inspectEnvironment(
  options: Pick<EngineOptions, 'engine'> = {},
): Promise<readonly EnvironmentCheck[]> {
  const engine = await lookForEngine(options)
  const suites = knownSuites()
  const rows = await Promise.all([
    checkNode(process.versions.node),
    engine.row,
    checkProvisioning(),
    checkManifests(),
    ...suites.map((suite) => checkBase(engine.engine, suite)),
    checkMmdebstrap(),
    ...suites.map((suite) => checkMirror(debianMirror(), suite)),
    checkKernelPpp(),
    checkTshark(),
  ])
  return rows
}

/** Checks the version of Node. @param version in the form of `process.versions.node`. */
export function checkNode(version: string): EnvironmentCheck {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const ok = major > 20 || (major === 20 && minor >= 19)
  return { check: 'Node', ok, detail: version, ...(ok ? {} : { remedy: 'Install Node 20.19 or newer.' }) }
}

async function lookForEngine(
  options: Pick<EngineOptions, 'engine'>,
): Promise<{ readonly row: EnvironmentCheck; readonly engine: Engine | undefined }> {
  const check = 'container engine'
  try {
    const outcome = await findEngine(options, systemInputs())
    if ('failure' in outcome) return { row: failed(check, outcome.failure), engine: undefined }
    const { engine } = outcome
    const detail = `${engine.name} ${engine.version} (${engine.architecture}), found through ${engine.found}`
    return { row: { check, ok: true, detail }, engine }
  } catch (error) {
    return { row: failed(check, error), engine: undefined }
  }
}

function failed(check: string, error: unknown): EnvironmentCheck {
  const message = messageOf(error)
  const remedy =
    typeof error === 'object' && error !== null && 'remedy' in error && typeof error.remedy === 'string'
      ? error.remedy
      : undefined
  return { check, ok: false, detail: message, ...(remedy === undefined ? {} : { remedy }) }
}

function checkProvisioning(): EnvironmentCheck {
  const obstacle = systemProvisioningObstacle()
  const check = '--provision'
  if (obstacle === undefined) return { check, ok: true, detail: 'may install and start what is missing' }
  return {
    check,
    ok: false,
    detail: `${obstacle}; needed only if there is no engine, or if neither an image registry nor mmdebstrap can be used`,
    remedy: `Where there is no engine, run: ${dockerCommand(userInfo().username)}, and log in again.`,
  }
}

function checkManifests(): EnvironmentCheck {
  const check = 'implementations'
  try {
    const names = listImplementations().map(({ manifest }) => manifest.name)
    return { check, ok: names.length > 0, detail: names.join(', ') || 'none found' }
  } catch (error) {
    return failed(check, error)
  }
}

function knownSuites(): readonly string[] {
  try {
    return [...new Set(listImplementations().map(({ manifest }) => manifest.base))]
  } catch {
    // `checkManifests` reports errors in manifests.
    return []
  }
}

async function checkBase(engine: Engine | undefined, suite: string): Promise<EnvironmentCheck> {
  const check = `base image ${suite}`
  if (!engine) return { check, ok: false, detail: 'unknown without an engine' }
  try {
    for (const name of baseImageNames(suite)) {
      if ((await imageId(engine, name)) !== undefined) return { check, ok: true, detail: name }
    }
    // A missing image is no error: the first run makes it.
    return { check, ok: true, detail: 'not there yet; it will be pulled, or made with mmdebstrap' }
  } catch (error) {
    return failed(check, error)
  }
}

function checkMmdebstrap(): EnvironmentCheck {
  const check = 'mmdebstrap'
  const program = findProgram('mmdebstrap')
  if (program !== undefined) return { check, ok: true, detail: program }
  return {
    check,
    ok: false,
    detail: 'not installed; needed only if no image registry answers',
    remedy: 'apt-get install mmdebstrap, or --provision.',
  }
}

/** Checks that a Debian mirror serves a suite. A proxy of apt's own configuration is not used. */
export async function checkMirror(mirror: string, suite: string): Promise<EnvironmentCheck> {
  const check = `Debian mirror, ${suite}`
  const address = `${mirror.replace(/\/$/, '')}/dists/${suite}/Release`
  try {
    const response = await fetch(address, { method: 'HEAD', signal: AbortSignal.timeout(MIRROR_LIMIT) })
    if (!response.ok) throw new EnvironmentError(`${address} answers with status ${response.status}`)
    return { check, ok: true, detail: mirror }
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : ''
    return {
      check,
      ok: false,
      detail: `${messageOf(error)}${cause}`,
      remedy: 'Needed to build images; PPTPSPEC_DEBIAN_MIRROR names another mirror for base images.',
    }
  }
}

function checkKernelPpp(): EnvironmentCheck {
  const here = existsSync('/dev/ppp')
  return {
    check: 'PPP in this kernel',
    ok: true,
    detail: here ? 'present' : 'absent; not needed, the images bring a User-Mode Linux kernel with it',
  }
}

async function checkTshark(): Promise<EnvironmentCheck> {
  const check = 'tshark'
  const program = findProgram('tshark')
  if (program === undefined) {
    return {
      check,
      ok: false,
      detail: 'not installed; used only to check our decoder against another one',
      remedy: 'apt-get install tshark.',
    }
  }
  const { output } = await runChild(program, ['--version'], { limit: PROGRAM_LIMIT })
  const version = output.split('\n').find((line) => line.startsWith('TShark'))
  return { check, ok: true, detail: version ?? program }
}
