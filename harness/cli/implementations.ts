import { resolve } from 'node:path'
import { EnvironmentError, UsageError } from '../errors/errors.ts'
import { nearestNames } from '../errors/nearest.ts'
import { type Description, loadDescription, requireName } from '../implementations/description.ts'
import { referenceImplementation } from '../implementations/embedded.ts'
import type { Implementation } from '../implementations/implementation.ts'
import { type ContainerFolder, loadImplementation } from '../implementations/manifest.ts'
import { compileLessEagerly } from '../implementations/play-flags.ts'
import { remoteClient } from '../implementations/remote-client.ts'
import { nameOfTarget, remoteServer } from '../implementations/remote-server.ts'
import { requireRawGre } from '../network/raw-gre.ts'
import { createDeviants } from '../reference/faults.ts'
import { HABITS } from '../reference/habits.ts'
import { readDeviations } from './deviations.ts'
import { CLIENT, DEFAULT_IMPLEMENTATIONS, REFERENCE } from './names.ts'
import type { RemoteRequest } from './remote.ts'
import type { RunRequest } from './run-request.ts'

/** An implementation that the user named. Nothing that it needs has been looked for yet. */
export type Named =
  | { readonly kind: 'reference' }
  | { readonly kind: 'container'; readonly folder: ContainerFolder }
  | {
      readonly kind: 'remote'
      readonly name: string
      readonly request: RemoteRequest
      readonly description: Description | undefined
    }

/**
 * Reads the names of implementations.
 * @throws UsageError for an unknown name, a manifest that is not valid, or one name twice.
 */
export function readNames(
  { implementations: names, remote }: Pick<RunRequest, 'implementations' | 'remote'>,
  cwd: string,
): readonly Named[] {
  const wanted = names.length === 0 && remote === undefined ? DEFAULT_IMPLEMENTATIONS : names
  const found = wanted.map((name): Named => {
    if (name === REFERENCE) return { kind: 'reference' }
    const isPath = name.includes('/') || name === '.' || name === '..'
    return { kind: 'container', folder: isPath ? loadImplementation(resolve(cwd, name)) : loadNamed(name) }
  })
  if (remote !== undefined) found.push(describeRemote(remote, cwd))
  const seen = new Set<string>()
  for (const one of found) {
    const name = nameOf(one)
    // Results and baselines are found by the name.
    if (seen.has(name)) throw new UsageError(`${name} is named twice`, 'Name each implementation once')
    seen.add(name)
  }
  return found
}

function describeRemote(request: RemoteRequest, cwd: string): Named {
  const description =
    request.manifest === undefined ? undefined : loadDescription(resolve(cwd, request.manifest))
  const given = request.name ?? description?.name
  if (given !== undefined) return { kind: 'remote', name: requireName(given), request, description }
  const name = request.role === 'server' ? nameOfTarget(request.target) : CLIENT
  return { kind: 'remote', name, request, description }
}

function remoteImplementation({
  name,
  request,
  description,
}: Extract<Named, { kind: 'remote' }>): Implementation {
  const { account } = request
  if (request.role === 'server') return remoteServer({ target: request.target, name, description, account })
  const { listen, dialCommand } = request
  // A command replaces the whole `dial` of the description: its other commands may not fit.
  const programs = dialCommand === undefined ? description?.dial : { command: dialCommand }
  return remoteClient({ listen, programs, name, description, account })
}

/**
 * Loads an implementation by name. A misspelt name of the reference, which has no folder in the
 * list, is corrected in the remedy.
 */
function loadNamed(name: string): ContainerFolder {
  try {
    return loadImplementation(name)
  } catch (error) {
    if (!(error instanceof UsageError) || nearestNames(name, [REFERENCE]).length === 0) throw error
    throw new UsageError(error.message, `did you mean ${REFERENCE}? ${error.remedy ?? ''}`, { cause: error })
  }
}

/** Returns the name of an implementation in results and baselines. */
export function nameOf(one: Named): string {
  if (one.kind === 'reference') return REFERENCE
  return one.kind === 'remote' ? one.name : one.folder.manifest.name
}

/** The implementations that a run plays against. */
export interface Prepared {
  readonly implementations: readonly Implementation[]
  /** Why no implementation can be tested, if the reference stands in for them. */
  readonly demonstration?: string
}

/**
 * Finds what the named implementations need. If the user named none and no container can be run
 * here, the reference stands in for them, as a demonstration. Nothing is started.
 * @throws UsageError when an accelerated clock was asked for that one of them does not have.
 * @throws EnvironmentError when a container cannot be run and the reference may not stand in.
 */
export async function prepareImplementations(
  named: readonly Named[],
  request: RunRequest,
  seed: number,
  progress: (message: string) => void,
): Promise<Prepared> {
  const slow = named.find(
    (one) => one.kind === 'remote' || (one.kind === 'container' && one.folder.manifest.clock === undefined),
  )
  if (request.clock === 'accelerated' && slow !== undefined)
    throw new UsageError(
      `${nameOf(slow)} has no accelerated clock`,
      slow.kind === 'remote'
        ? 'Leave --clock out: the clock of a remote implementation cannot be changed from here'
        : 'Leave --clock out, or add clock.accelerated to its manifest',
    )
  const contained = named.some(({ kind }) => kind === 'container')
  if (request.tester !== undefined && !contained)
    throw new UsageError(
      '--tester is for implementations in containers, but none of these is in a container',
      'Leave --tester out: other implementations are reached from this process',
    )
  const deviations = readDeviations(request)
  const deviates = deviations.faults.length + deviations.habits.length > 0
  if (deviates && !named.every(({ kind }) => kind === 'reference'))
    throw new UsageError(
      '--fault and --habit are for the embedded reference',
      'Name it: pptpspec run reference --fault NAME. A container of the reference takes them in PPTPSPEC_FAULT',
    )
  const reference = () => {
    compileLessEagerly()
    const habits = deviations.habits.map((name) => HABITS[name])
    // Faults may remember something, so each play makes its own.
    return referenceImplementation({
      configuration: { seed },
      habits,
      ...(deviates ? { faults: () => createDeviants(habits, deviations.faults) } : {}),
    })
  }
  const leftToUs =
    request.implementations.length === 0 &&
    request.remote === undefined &&
    request.engine === undefined &&
    typeof request.baseline !== 'string' &&
    !request.updateBaseline
  try {
    // Remote implementations, and containers with `--tester here`, need sockets of this process.
    if (named.some(({ kind }) => kind === 'remote') || (contained && request.tester === 'here'))
      requireRawGre()
    const inContainer = contained ? await containerImplementations(request, progress) : undefined
    return {
      implementations: named.map((one) => {
        if (one.kind === 'remote') return remoteImplementation(one)
        return one.kind === 'reference' || inContainer === undefined ? reference() : inContainer(one.folder)
      }),
    }
  } catch (error) {
    if (!leftToUs || !(error instanceof EnvironmentError)) throw error
    if (!request.standIn)
      throw new EnvironmentError(
        `${error.message}\nCI is set, so the embedded reference does not stand in: no implementation would be tested`,
        `${error.remedy?.replace(/\.?$/, '. ') ?? ''}To play the reference, name it: pptpspec run reference`,
        { cause: error },
      )
    const why = [error.message.split('\n')[0] ?? '', error.remedy].filter(Boolean).join('. ')
    return { implementations: [reference()], demonstration: why }
  }
}

/**
 * Finds an engine. Its client is imported only here, because importing it takes a while, and a run
 * of the reference does not need it.
 * @returns a function that makes an implementation of a folder.
 */
async function containerImplementations(
  { engine: wanted, provision, tester }: RunRequest,
  progress: (message: string) => void,
): Promise<(folder: ContainerFolder) => Implementation> {
  const { discoverEngine } = await import('../implementations/engine.ts')
  const { containerImplementation } = await import('../implementations/container.ts')
  const engine = await discoverEngine({ engine: wanted, provision, progress })
  return (folder) => containerImplementation(folder, engine, { provision, tester })
}
