import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { EnvironmentError, HarnessError, messageOf } from '../errors/errors.ts'
import { type BuildContext, openBuildContext } from './build-context.ts'
import { findProgram, lastLines } from './child.ts'
import { isStatus, stopping } from './cleanup.ts'
import type { Engine } from './engine.ts'
import { type ContainerFolder, containersFolder } from './manifest.ts'
import { installPackages } from './provision.ts'

/** With `localhost/`, no engine looks for our images in a public registry. */
const PREFIX = 'localhost/pptpspec'

const PULL_LIMIT = 20_000
const BOOTSTRAP_LIMIT = 300_000
const BUILD_LIMIT = 900_000
const DEFAULT_MIRROR = 'http://deb.debian.org/debian'

/** Variables that are passed to builds if the user has set them: some networks need a proxy. */
const PROXY_VARIABLES = [
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
] as const

export interface ImageOptions {
  /** Whether mmdebstrap may be installed on this machine if it is needed. */
  readonly provision?: boolean | undefined
  readonly progress: (message: string) => void
}

/** An image that is ready to start. */
export interface Image {
  /** Its tag, e.g. `localhost/pptpspec/pptpd-1.4.0:0123456789ab`. */
  readonly tag: string
  /** `sha256:...` */
  readonly id: string
}

/** Returns the Debian mirror that base images are made from. */
export function debianMirror(env: Readonly<Record<string, string | undefined>> = process.env): string {
  return env.PPTPSPEC_DEBIAN_MIRROR || DEFAULT_MIRROR
}

/** Returns the names under which a suite's base image may exist, the preferred one first. */
export function baseImageNames(suite: string): readonly string[] {
  return [`debian:${suite}-slim`, `${PREFIX}/debian:${suite}`]
}

/**
 * Preparations in progress, by key, because several replicas need the same image at the same time.
 */
const preparing = new Map<string, Promise<Image>>()

/**
 * Builds the image of an implementation, or finds the existing one. The tag is a hash of the base
 * image and of all files of the build context.
 * @throws EnvironmentError when there is no base image, or when the build fails (with the end of
 * its log).
 * @throws UsageError when the folder cannot be a build context.
 */
export function prepareImage(engine: Engine, source: ContainerFolder, options: ImageOptions): Promise<Image> {
  return once(`${engine.host} ${source.folder}`, () => buildImage(engine, source, options))
}

/**
 * Finds or makes the base image of a Debian suite: an existing image, else `debian:<suite>-slim`
 * from a registry, else one that mmdebstrap makes from Debian's packages.
 * @throws EnvironmentError when none of these works.
 */
function prepareBase(engine: Engine, suite: string, options: ImageOptions): Promise<Image> {
  return once(`${engine.host} base ${suite}`, () => findOrMakeBase(engine, suite, options))
}

/**
 * Calls `make`, unless a call with the same key is in progress: then returns the result of that.
 */
export function once(key: string, make: () => Promise<Image>): Promise<Image> {
  const running = preparing.get(key)
  if (running) return running
  const work = make().finally(() => preparing.delete(key))
  preparing.set(key, work)
  return work
}

async function buildImage(engine: Engine, source: ContainerFolder, options: ImageOptions): Promise<Image> {
  const { name, base, needs } = source.manifest
  if (needs?.architecture !== undefined && needs.architecture !== engine.architecture) {
    throw new EnvironmentError(
      `${name} exists for ${needs.architecture} only, and the engine's machine is ${engine.architecture}`,
      'Use an engine on another machine with --engine, or leave this implementation out.',
    )
  }
  const dockerfile = `${source.folder}/Dockerfile`
  const shared = join(containersFolder(), 'shared')
  if (needs?.harness !== true) {
    const context = () => openBuildContext(source.folder, shared)
    return buildOn(engine, { name, base, context, dockerfile }, options)
  }
  // Imported only when needed: most builds do without this module, which may load a compiler.
  const { withProgram } = await import('./contained-program.ts')
  return withProgram('peer', engine, (program) => {
    const context = openBuildContext(source.folder, program)
    return buildOn(engine, { name, base, context: () => context, dockerfile }, options)
  })
}

/** What an image is built from. */
export interface ImageSource {
  /** The first part of the image's tag; the second is a hash. */
  readonly name: string
  /** The Debian suite of the base image, e.g. `trixie`. */
  readonly base: string
  /** Opens the build context; called once the base image exists. */
  readonly context: () => BuildContext
  /** The path of the Dockerfile, for the error when the build fails. */
  readonly dockerfile: string
}

/**
 * Builds an image on a base image, or finds the existing one. An image from other files has another
 * tag.
 * @throws EnvironmentError when there is no base image, or when the build fails (with the end of
 * its log).
 */
export async function buildOn(engine: Engine, source: ImageSource, options: ImageOptions): Promise<Image> {
  const { name } = source
  const base = await prepareBase(engine, source.base, options)
  const context = source.context()
  const tag = `${PREFIX}/${name}:${shortHash(`${base.id} ${context.hash}`)}`
  const present = await imageId(engine, tag)
  if (present !== undefined) return { tag, id: present }

  options.progress(`building the image of ${name}`)
  const proxies = PROXY_VARIABLES.flatMap((variable) => {
    const value = process.env[variable]
    return value ? [[variable, value] as const] : []
  })
  const { log, failure } = await watchBuild(engine, context.stream(), {
    t: tag,
    buildargs: { BASE: base.tag, ...Object.fromEntries(proxies) },
    labels: { 'pptpspec.image': name, 'pptpspec.context': context.hash },
    forcerm: true,
  })
  const id = failure === undefined ? await imageId(engine, tag) : undefined
  if (id === undefined) {
    throw new EnvironmentError(
      `building the image of ${name} failed: ${failure ?? 'the engine does not know the image after the build'}\n${lastLines(log, 20)}`,
      `See ${source.dockerfile}; the build needs a Debian mirror that answers from inside containers.`,
    )
  }
  return { tag, id }
}

interface BuildOptions {
  readonly t: string
  readonly buildargs: Record<string, string>
  readonly labels: Record<string, string>
  readonly forcerm: boolean
}

/**
 * Runs a build to its end. Returns a failure instead of throwing it, so that the caller can report
 * it with the log.
 */
async function watchBuild(
  engine: Engine,
  context: NodeJS.ReadableStream,
  options: BuildOptions,
): Promise<{ readonly log: string; readonly failure: string | undefined }> {
  const limit = AbortSignal.any([AbortSignal.timeout(BUILD_LIMIT), stopping])
  let log = ''
  let failure: string | undefined
  try {
    const stream = await engine.docker.buildImage(context, { ...options, abortSignal: limit })
    await new Promise<void>((resolve, reject) => {
      engine.docker.modem.followProgress(
        stream,
        (error) => (error ? reject(error) : resolve()),
        (event: unknown) => {
          log = (log + field(event, 'stream')).slice(-20_000)
          failure = field(event, 'error') || failure
        },
      )
    })
  } catch (error) {
    failure = limit.aborted ? 'the build was stopped or took too long' : errorText(error)
  }
  // Builders colour the text from standard error.
  return { log: stripVTControlCharacters(log), failure: failure?.trim() }
}

async function findOrMakeBase(engine: Engine, suite: string, options: ImageOptions): Promise<Image> {
  const names = baseImageNames(suite)
  for (const tag of names) {
    const id = await imageId(engine, tag)
    if (id !== undefined) return { tag, id }
  }
  const [official = '', ours = ''] = names
  options.progress(`pulling ${official}`)
  const refusal = await pull(engine, official)
  const pulled = await imageId(engine, official)
  if (pulled !== undefined) return { tag: official, id: pulled }

  options.progress(
    `no registry gave ${official} (${refusal ?? 'no reason given'}); making it with mmdebstrap`,
  )
  if (findProgram('mmdebstrap') === undefined) {
    if (!options.provision) {
      throw new EnvironmentError(
        `no base image: ${official} could not be pulled (${refusal ?? 'no reason given'}), and mmdebstrap is not installed`,
        'Install mmdebstrap (and uidmap, if you are not root), or use --provision as root, or load the image by hand: docker pull/load.',
      )
    }
    await installPackages(['mmdebstrap', 'debian-archive-keyring'], 'mmdebstrap', options.progress)
  }
  await bootstrap(engine, suite, ours)
  const made = await imageId(engine, ours)
  if (made === undefined)
    throw new EnvironmentError(`the engine does not know ${ours} after its import`, 'Run pptpspec doctor.')
  return { tag: ours, id: made }
}

/**
 * Pulls an image. The time limit is for registries that do not answer: it ends with the first
 * progress.
 * @returns the reason of a failure, or undefined after a success.
 */
async function pull(engine: Engine, tag: string): Promise<string | undefined> {
  const patience = new AbortController()
  let refusal: string | undefined
  const timer = setTimeout(() => patience.abort(), PULL_LIMIT)
  try {
    const abortSignal = AbortSignal.any([patience.signal, stopping])
    const stream: NodeJS.ReadableStream = await engine.docker.pull(tag, { abortSignal })
    await new Promise<void>((resolve, reject) => {
      engine.docker.modem.followProgress(
        stream,
        (error) => (error ? reject(error) : resolve()),
        (event: unknown) => {
          clearTimeout(timer)
          refusal = field(event, 'error') || refusal
        },
      )
    })
    return refusal?.trim()
  } catch (error) {
    return patience.signal.aborted ? `no answer within ${PULL_LIMIT / 1000} s` : errorText(error)
  } finally {
    clearTimeout(timer)
  }
}

/** Makes a small Debian system and imports it; mmdebstrap's output goes straight to the engine. */
async function bootstrap(engine: Engine, suite: string, tag: string): Promise<void> {
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'
  const mirror = debianMirror()
  const child = spawn(
    findProgram('mmdebstrap') ?? 'mmdebstrap',
    [
      '--variant=apt',
      '--format=tar',
      // On other systems than Debian, apt does not trust Debian's keys by default.
      ...(existsSync(keyring) ? [`--keyring=${keyring}`] : []),
      '--aptopt=Acquire::Languages "none"',
      '--dpkgopt=path-exclude=/usr/share/doc/*',
      '--dpkgopt=path-exclude=/usr/share/man/*',
      '--dpkgopt=path-exclude=/usr/share/locale/*',
      suite,
      '-',
      mirror,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], timeout: BOOTSTRAP_LIMIT, killSignal: 'SIGKILL', signal: stopping },
  )
  let complaints = ''
  child.stderr.on('data', (piece: Buffer) => {
    complaints = (complaints + piece.toString('utf8')).slice(-20_000)
  })
  const ended = new Promise<number | null>((resolve) => {
    child.on('error', (error) => {
      complaints += error.message
      resolve(null)
    })
    child.on('close', (status) => resolve(status))
  })
  const imported = importTar(engine, child.stdout).catch((error: unknown) => ({
    id: '',
    refusal: errorText(error),
  }))
  const status = await ended
  const { id, refusal } = await imported
  if (status === 0 && id !== '') {
    // Tagged only after success, so that an incomplete image is never used as a base. (Podman 4.3
    // ignores a tag given with the import.)
    await engine.docker.getImage(id).tag(splitTag(tag))
    return
  }
  if (id !== '') {
    await engine.docker
      .getImage(id)
      .remove({ force: true })
      .catch(() => {})
  }
  if (complaints.includes('chroot mode'))
    throw new EnvironmentError(
      `mmdebstrap needs root or the package uidmap to make Debian ${suite}: ${lastLines(complaints, 1)}`,
      'Run: sudo apt-get install -y uidmap',
    )
  throw new EnvironmentError(
    `mmdebstrap could not make Debian ${suite} from ${mirror}: ${refusal}\n${lastLines(complaints, 10)}`,
    `Check that ${suite} (base in the manifest) is a Debian suite and that the mirror answers; PPTPSPEC_DEBIAN_MIRROR names another one.`,
  )
}

/** Imports an image without a name. @returns its id, or the reason why there is none. */
async function importTar(
  engine: Engine,
  tar: NodeJS.ReadableStream,
): Promise<{ readonly id: string; readonly refusal: string }> {
  const stream = await engine.docker.importImage(tar, {})
  let refusal = ''
  let id = ''
  await new Promise<void>((resolve, reject) => {
    engine.docker.modem.followProgress(
      stream,
      (error) => (error ? reject(error) : resolve()),
      (event: unknown) => {
        refusal = field(event, 'error') || refusal
        id = /[0-9a-f]{64}/.exec(field(event, 'status'))?.[0] ?? id
      },
    )
  })
  return refusal === '' ? { id, refusal: id === '' ? 'the engine named no image' : '' } : { id: '', refusal }
}

/** Returns an image's id, or undefined when the engine does not have the image. */
export async function imageId(engine: Engine, tag: string): Promise<string | undefined> {
  try {
    return (await engine.docker.getImage(tag).inspect()).Id
  } catch (error) {
    if (isStatus(error, 404)) return undefined
    throw new EnvironmentError(
      `the engine could not say whether it has ${tag}: ${errorText(error)}`,
      'Run pptpspec doctor.',
      {
        cause: error,
      },
    )
  }
}

function splitTag(name: string): { readonly repo: string; readonly tag: string } {
  const colon = name.lastIndexOf(':')
  return { repo: name.slice(0, colon), tag: name.slice(colon + 1) }
}

function field(event: unknown, name: 'stream' | 'status' | 'error'): string {
  if (typeof event !== 'object' || event === null || !(name in event)) return ''
  const value: unknown = (event as Record<string, unknown>)[name]
  return typeof value === 'string' ? value : ''
}

function errorText(error: unknown): string {
  if (error instanceof HarnessError) return error.message
  return messageOf(error).trim().slice(0, 500)
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}
