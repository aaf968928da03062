import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import Dockerode from 'dockerode'
import { EnvironmentError, messageOf, UsageError } from '../errors/errors.ts'
import { provisionEngine } from './provision.ts'
import { isSshAddress, openSshEngine, type SshEngine } from './ssh-engine.ts'
import { within } from './within.ts'

/** A container engine that has answered a request for its version. */
export interface Engine {
  readonly docker: Dockerode
  readonly name: 'Docker' | 'Podman'
  readonly version: string
  /**
   * Address of the engine in the form of DOCKER_HOST: `unix:///path`, `tcp://host:port` or
   * `ssh://user@host`.
   */
  readonly host: string
  /** The address that this process connects to: another one than `host` when ssh is used. */
  readonly api: string
  /** Where the address comes from: `--engine`, `DOCKER_HOST`, a socket's path, `provisioned`. */
  readonly found: string
  /** Architecture of its machine in Debian's words, e.g. `amd64`. */
  readonly architecture: string
}

export interface EngineOptions {
  /** `unix:///path`, `/path`, `tcp://host:port` or `ssh://user@host`; overrides the environment. */
  readonly engine?: string | undefined
  /**
   * Whether to install and start an engine when there is none. Works for root on Debian or Ubuntu.
   */
  readonly provision?: boolean | undefined
  /** Called with one line about each step that takes longer than a moment. */
  readonly progress?: ((message: string) => void) | undefined
}

/** What discovery reads from its surroundings; tests replace it. */
export interface DiscoveryInputs {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Sockets to try, in this order, when neither `--engine` nor DOCKER_HOST is given. */
  readonly sockets: readonly string[]
  /** How long an engine may take to answer with its version, in ms. */
  readonly patience: number
}

/** `patience` for an engine behind ssh, in ms: ssh has to connect and to authenticate first. */
const SSH_PATIENCE = 20_000

/** An address of an engine, and where it comes from (see `Engine.found`). */
export interface Candidate {
  readonly host: string
  readonly found: string
}

/** What was found at the address of one candidate. */
export type Probe =
  | { readonly kind: 'engine'; readonly engine: Engine }
  /** The socket does not exist. */
  | { readonly kind: 'absent' }
  /** This user may not open the socket. */
  | { readonly kind: 'forbidden' }
  /** The socket or address exists, but no engine answers there. */
  | { readonly kind: 'silent'; readonly detail: string }

/** Returns the inputs of this process. */
export function systemInputs(): DiscoveryInputs {
  return { env: process.env, sockets: standardSockets(process.env, process.getuid?.()), patience: 5_000 }
}

/**
 * Returns the sockets of Docker and Podman, the system-wide ones first: this machine can reach
 * containers of system-wide engines only.
 */
export function standardSockets(
  env: Readonly<Record<string, string | undefined>>,
  uid: number | undefined,
): readonly string[] {
  const runtime = env.XDG_RUNTIME_DIR ?? (uid === undefined ? undefined : `/run/user/${uid}`)
  return [
    '/var/run/docker.sock',
    '/run/podman/podman.sock',
    ...(runtime === undefined ? [] : [join(runtime, 'docker.sock'), join(runtime, 'podman/podman.sock')]),
    join(homedir(), '.docker/run/docker.sock'),
  ]
}

/**
 * Returns the addresses to try. If the user named an address, it is the only one: another engine
 * would hide a mistake in the name.
 * @throws UsageError when the named address has no usable form.
 */
export function candidates(options: EngineOptions, inputs: DiscoveryInputs): readonly Candidate[] {
  const { env } = inputs
  if (options.engine !== undefined)
    return [{ host: normaliseHost(options.engine, '--engine'), found: '--engine' }]
  if (env.DOCKER_HOST) return [{ host: normaliseHost(env.DOCKER_HOST, 'DOCKER_HOST'), found: 'DOCKER_HOST' }]
  return inputs.sockets.map((path) => ({ host: `unix://${path}`, found: path }))
}

function normaliseHost(address: string, source: string): string {
  if (address.startsWith('/')) return `unix://${address}`
  if (/^unix:\/\/\/./.test(address)) return address
  if (isSshAddress(address)) return address
  if (/^(tcp|http|https):\/\/[^/:]+(:\d+)?\/?$/.test(address)) return address
  throw new UsageError(
    `${source}: expected unix:///path, /path, tcp://host:port or ssh://user@host, got "${address}"`,
    'Name the socket of a Docker or Podman engine.',
  )
}

/**
 * Finds a container engine that answers: `--engine`, else DOCKER_HOST, else the standard sockets of
 * Docker and Podman. With `provision`, installs and starts one when there is none.
 * @throws EnvironmentError that says whether there is no engine, no permission to use it, or no
 * answer from it.
 * @throws UsageError when the named address has no usable form.
 */
export async function discoverEngine(
  options: EngineOptions,
  inputs: DiscoveryInputs = systemInputs(),
): Promise<Engine> {
  const outcome = await findEngine(options, inputs)
  if ('engine' in outcome) return outcome.engine
  // An engine that exists, but that this user may not use, is not replaced by another.
  const named = options.engine !== undefined || Boolean(inputs.env.DOCKER_HOST)
  if (!options.provision || named || outcome.isForbidden) throw outcome.failure

  await provisionEngine({
    progress: options.progress ?? (() => {}),
    answers: async () => 'engine' in (await findEngine(options, inputs)),
  })
  const again = await findEngine(options, inputs)
  if ('engine' in again) return { ...again.engine, found: `provisioned (${again.engine.found})` }
  throw again.failure
}

/** Like `discoverEngine`, but installs nothing, and returns a failure instead of throwing it. */
export async function findEngine(
  options: EngineOptions,
  inputs: DiscoveryInputs = systemInputs(),
): Promise<
  { readonly engine: Engine } | { readonly failure: EnvironmentError; readonly isForbidden: boolean }
> {
  const tried: { candidate: Candidate; probe: Probe }[] = []
  for (const candidate of candidates(options, inputs)) {
    const probe = await probeEngine(candidate, inputs)
    if (probe.kind === 'engine') return { engine: probe.engine }
    tried.push({ candidate, probe })
  }
  const isForbidden = tried.some(({ probe }) => probe.kind === 'forbidden')
  return { failure: explainFailure(tried), isForbidden }
}

/** Asks one candidate for its version. */
async function probeEngine(candidate: Candidate, inputs: DiscoveryInputs): Promise<Probe> {
  const path = candidate.host.startsWith('unix://') ? candidate.host.slice('unix://'.length) : undefined
  if (path !== undefined && !existsSync(path)) return { kind: 'absent' }
  const patience = isSshAddress(candidate.host) ? SSH_PATIENCE : inputs.patience
  let through: SshEngine | undefined
  try {
    through = isSshAddress(candidate.host) ? await openSshEngine(candidate.host) : undefined
    const api = through?.api ?? candidate.host
    const patient = connectTo(api, inputs.env, patience)
    const version = await within(
      patience,
      patient.version(),
      () => new Error(`no answer within ${patience} ms`),
    )
    const described = describeVersion(version)
    if (described === undefined)
      return { kind: 'silent', detail: 'the program that answers there is no container engine' }
    return {
      kind: 'engine',
      engine: {
        docker: connectTo(api, inputs.env),
        host: candidate.host,
        api,
        found: candidate.found,
        ...described,
      },
    }
  } catch (error) {
    const complaint = through?.complaint()
    return complaint === undefined
      ? classifyProbeError(error)
      : { kind: 'silent', detail: `ssh says: ${complaint}` }
  }
}

/** Classifies the error of a probe: no permission, no socket, or no answer. */
export function classifyProbeError(error: unknown): Probe {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  if (code === 'EACCES' || code === 'EPERM') return { kind: 'forbidden' }
  if (code === 'ENOENT') return { kind: 'absent' }
  if (code === 'ECONNREFUSED') return { kind: 'silent', detail: 'nothing listens there (ECONNREFUSED)' }
  return { kind: 'silent', detail: messageOf(error).slice(0, 200) }
}

function explainFailure(tried: readonly { candidate: Candidate; probe: Probe }[]): EnvironmentError {
  // A missing permission is reported first: it is easier to mend than an engine that is down.
  const forbidden = tried.find(({ probe }) => probe.kind === 'forbidden')
  if (forbidden) {
    return new EnvironmentError(
      `no permission to use the container engine at ${forbidden.candidate.host} (${forbidden.candidate.found})`,
      'Join the group that owns the socket (for Docker: sudo usermod -aG docker $USER, then log in again), or run as root',
    )
  }
  for (const { candidate, probe } of tried) {
    if (probe.kind !== 'silent') continue
    return new EnvironmentError(
      `the container engine at ${candidate.host} (${candidate.found}) does not answer: ${probe.detail}`,
      'Start it (systemctl start docker, or dockerd), or remove the stale socket and use --provision.',
    )
  }
  const named = tried.length === 1 ? tried[0]?.candidate : undefined
  return new EnvironmentError(
    named === undefined
      ? 'no container engine found'
      : `no container engine at ${named.host} (${named.found})`,
    'Start Docker or Podman, name its socket with --engine, or let --provision install one (root on Debian or Ubuntu).',
  )
}

function connectTo(
  host: string,
  env: Readonly<Record<string, string | undefined>>,
  timeout?: number,
): Dockerode {
  const patience = timeout === undefined ? {} : { timeout }
  if (host.startsWith('unix://'))
    return new Dockerode({ socketPath: host.slice('unix://'.length), ...patience })
  const url = new URL(host)
  const secured = url.protocol === 'https:' || Boolean(env.DOCKER_TLS_VERIFY)
  const folder = env.DOCKER_CERT_PATH
  const certificates =
    secured && folder
      ? {
          ca: readCertificate(join(folder, 'ca.pem')),
          cert: readCertificate(join(folder, 'cert.pem')),
          key: readCertificate(join(folder, 'key.pem')),
        }
      : {}
  return new Dockerode({
    protocol: secured ? 'https' : 'http',
    host: url.hostname,
    port: url.port || (secured ? 2376 : 2375),
    ...certificates,
    ...patience,
  })
}

function readCertificate(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new EnvironmentError(
      `cannot read ${file}`,
      'DOCKER_CERT_PATH must hold ca.pem, cert.pem and key.pem.',
      { cause },
    )
  }
}

/** Reads the answer to GET /version. Every field is checked: any program may have answered. */
function describeVersion(answer: unknown): Pick<Engine, 'name' | 'version' | 'architecture'> | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined
  const version = 'Version' in answer ? answer.Version : undefined
  if (typeof version !== 'string' || version === '') return undefined
  const podman = JSON.stringify(answer).includes('Podman')
  const machine = 'Arch' in answer && typeof answer.Arch === 'string' ? answer.Arch : 'unknown'
  return {
    name: podman ? 'Podman' : 'Docker',
    version: version.slice(0, 100),
    architecture: { x86_64: 'amd64', aarch64: 'arm64' }[machine] ?? machine,
  }
}
