import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import Dockerode from 'dockerode'
import { EnvironmentError, messageOf, UsageError } from '../errors/errors.ts'
import { provisionEngine } from './provision.ts'
import { isSshAddress, openSshEngine, type SshEngine } from './ssh-engine.ts'
import { within } from './within.ts'

/** A container engine that has answered. */
export interface Engine {
  readonly docker: Dockerode
  readonly name: 'Docker' | 'Podman'
  readonly version: string
  /**
   * Its address in the form of DOCKER_HOST: `unix:///path`, `tcp://host:port` or
   * `ssh://user@host`.
   */
  readonly host: string
  /** The address at which this process reaches it: a different one when ssh is used. */
  readonly api: string
  /** The source of the address: `--engine`, `DOCKER_HOST`, a socket's path, or `provisioned`. */
  readonly found: string
  /** Architecture of its machine in Debian's words, e.g. `amd64`. */
  readonly architecture: string
}

export interface EngineOptions {
  /** `unix:///path`, `/path`, `tcp://host:port` or `ssh://user@host`; overrides the environment. */
  readonly engine?: string | undefined
  /**
   * Install and start an engine when there is none and this is allowed (root on Debian or Ubuntu).
   */
  readonly provision?: boolean | undefined
  /** Called with one line about each step that takes longer than a moment. */
  readonly progress?: ((message: string) => void) | undefined
}

/** The inputs of discovery, which tests replace. */
export interface DiscoveryInputs {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Sockets to try, in this order, when neither `--engine` nor DOCKER_HOST says which. */
  readonly sockets: readonly string[]
  /** ms that an engine may take to answer with its version. */
  readonly patience: number
}

/** `patience` with ssh, in ms: ssh has to connect and to authenticate first. */
const SSH_PATIENCE = 20_000

/** An address and its source. */
export interface Candidate {
  readonly host: string
  readonly found: string
}

/** The outcome for one candidate. */
export type Probe =
  | { readonly kind: 'engine'; readonly engine: Engine }
  /** There is no such socket. */
  | { readonly kind: 'absent' }
  /** A socket that this user may not open. */
  | { readonly kind: 'forbidden' }
  /** A socket whose engine is gone or hangs, or an address that does not answer. */
  | { readonly kind: 'silent'; readonly detail: string }

/** This process's inputs. */
export function systemInputs(): DiscoveryInputs {
  return { env: process.env, sockets: standardSockets(process.env, process.getuid?.()), patience: 5_000 }
}

/**
 * The sockets of Docker and Podman, system-wide ones first: only those reach containers from the
 * host.
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
 * The addresses to try. An address that the user named is the only one: falling back to another
 * engine would hide the mistake.
 * @throws UsageError when a named address has no usable form.
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
 * @throws EnvironmentError that distinguishes: no engine, no permission, an engine that does not
 * answer.
 * @throws UsageError when the named address has no usable form.
 */
export async function discoverEngine(
  options: EngineOptions,
  inputs: DiscoveryInputs = systemInputs(),
): Promise<Engine> {
  const outcome = await findEngine(options, inputs)
  if ('engine' in outcome) return outcome.engine
  // An engine that exists and may not be used is not replaced by another.
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

/** Like `discoverEngine`, but without provisioning, and a failure is a value. */
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
      return { kind: 'silent', detail: 'what answers there is no container engine' }
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

/** Distinguishes a missing permission from an engine that does not answer. */
export function classifyProbeError(error: unknown): Probe {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  if (code === 'EACCES' || code === 'EPERM') return { kind: 'forbidden' }
  if (code === 'ENOENT') return { kind: 'absent' }
  if (code === 'ECONNREFUSED') return { kind: 'silent', detail: 'nothing listens there (ECONNREFUSED)' }
  return { kind: 'silent', detail: messageOf(error).slice(0, 200) }
}

function explainFailure(tried: readonly { candidate: Candidate; probe: Probe }[]): EnvironmentError {
  // The most useful obstacle first: an engine without permission is nearer to working than a dead
  // one.
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

/** Reads the answer to GET /version. Any program may have answered, so every field is checked. */
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
