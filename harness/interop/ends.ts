import type Dockerode from 'dockerode'
import { EnvironmentError } from '../errors/errors.ts'
import { lastLines } from '../implementations/child.ts'
import {
  type CommandEnd,
  type StartCommand,
  throughAttendant,
  throughEngine,
} from '../implementations/commands.ts'
import { createContainerDialler } from '../implementations/container-dial.ts'
import { fillWords } from '../implementations/dial-words.ts'
import type { LogLine, Provenance } from '../implementations/implementation.ts'
import type { LogBuffer } from '../implementations/log-buffer.ts'
import type { Manifest } from '../implementations/manifest.ts'
import type { PlacedContainer } from '../implementations/placed.ts'
import { within } from '../implementations/within.ts'
import type { AuthenticationMethod } from '../ppp/authentication.ts'
import type { Dialler } from '../scenario/dial.ts'

/** The authentication and encryption that PPP of one end demands of the other, or accepts. */
export interface PppDemand {
  /** Exactly one method, or any. */
  readonly authentication: AuthenticationMethod | 'any'
  readonly encryption: EncryptionDemand
}

/**
 * `none`: refused; `offered`: accepted if the other end asks; a number: keys of that many bits are
 * demanded. `stateful`: stateful mode is allowed.
 */
export const ENCRYPTION_DEMANDS = ['none', 'offered', '40', '128', '40-stateful', '128-stateful'] as const
export type EncryptionDemand = (typeof ENCRYPTION_DEMANDS)[number]

/** A PPP link from the view of one end. */
export interface Link {
  /** Dotted IPv4. */
  readonly local: string
  readonly remote: string
}

/** The traffic of one TCP connection through the tunnel, from the view of one end. */
export interface Carried {
  readonly octets: number
  /** SHA-256, in hexadecimal. */
  readonly sum: string
}

/** One end of a pair: an implementation in a container, and its commands. */
export interface End {
  /** The name of the implementation. */
  readonly name: string
  readonly manifest: Manifest
  readonly address: string
  readonly provenance: Provenance
  /**
   * Makes PPP of this end demand `demand` from now on, unless it does already.
   * @throws EnvironmentError when the command for that fails.
   */
  configure(demand: PppDemand): Promise<void>
  /**
   * Waits until there are `count` links. @returns the newest; undefined when there are fewer after
   * `seconds`.
   */
  link(seconds: number, count?: number): Promise<Link | undefined>
  /** Waits until the end has no link. @returns whether that is so within `seconds`. */
  noLink(seconds: number): Promise<boolean>
  /** Sends `count` pings as IP packets of that many octets. @returns the number of answers. */
  ping(
    address: string,
    octets: number,
    options: { readonly fragment: boolean; readonly count: number },
  ): Promise<number>
  /**
   * Accepts one TCP connection to `port`. Resolves when the connection has ended, or when none has
   * come within `seconds`.
   */
  receive(port: number, seconds: number): Promise<Carried>
  /** Sends that many random octets in one TCP connection; `ms` is the duration. */
  send(address: string, port: number, octets: number): Promise<Carried & { readonly ms: number }>
  /** From now on echoes TCP connections to `port`. */
  answer(port: number): Promise<void>
  /**
   * Opens `count` TCP connections, one after the other. @returns the number that were echoed
   * correctly.
   */
  ask(address: string, port: number, count: number): Promise<number>
  /** Ends all its calls; absent when it has no command for that. */
  readonly endCalls?: (how: 'properly' | 'crash') => Promise<void>
  /**
   * Freezes the end, like a power cut or a pulled cable, or lets it go on. While frozen it sends
   * and answers nothing.
   */
  freeze(frozen: boolean): Promise<void>
  /** Returns the lines logged since `takeLog` was last called. */
  takeLog(): readonly LogLine[]
  /** Why the container no longer runs; undefined while it runs. */
  death(): string | undefined
}

/** The end that opens the control connection. */
export interface ClientEnd extends End {
  readonly dial: Dialler
}

/** ms that a command may take beyond its own time limit. */
const GRACE = 12_000
/** ms that a transfer may take. */
const TRANSFER_LIMIT = 240_000
/** Characters of a failed command's output that its error shows at most. */
const COMPLAINT = 300

/** A container that runs an implementation, and what an end needs of it. */
export interface PlacedEnd {
  readonly placed: PlacedContainer
  readonly manifest: Manifest
  readonly docker: Dockerode
  readonly log: LogBuffer
}

/**
 * Creates an end; it can be used while its container runs.
 * @throws EnvironmentError when its manifest has no `interop`.
 */
export function createEnd({ placed, manifest, docker, log }: PlacedEnd): End {
  const { interop } = manifest
  if (interop === undefined) throw noPart(manifest.name)
  const { attendant } = interop
  const start =
    attendant === undefined
      ? throughEngine(docker, placed.id)
      : throughAttendant(docker, placed.id, attendant)
  const perform = performer(start, manifest.name)
  const traffic = (limit: number, ...words: readonly (string | number)[]) =>
    perform([...interop.traffic, ...words.map(String)], limit, 'interop.traffic', limit < TRANSFER_LIMIT)
  const { endCalls } = interop
  let configured: string | undefined
  return {
    name: manifest.name,
    manifest,
    address: placed.address,
    provenance: placed.provenance,
    async configure({ authentication, encryption }) {
      const wanted = `${authentication} ${encryption}`
      if (wanted === configured) return
      configured = undefined
      const words = fillWords(interop.ppp, { '{authentication}': authentication, '{encryption}': encryption })
      await perform(words, GRACE, 'interop.ppp')
      configured = wanted
    },
    async link(seconds, count = 1) {
      const [local, remote] = await traffic(seconds * 1_000 + GRACE, 'link', seconds, count)
      return local === undefined || remote === undefined ? undefined : { local, remote }
    },
    async noLink(seconds) {
      return (await traffic(seconds * 1_000 + GRACE, 'no-link', seconds))[0] === 'none'
    },
    async ping(address, octets, { fragment, count }) {
      const words = ['ping', address, octets, fragment ? 'yes' : 'no', count]
      return numberIn((await traffic(count * 2_000 + GRACE, ...words))[0], manifest.name)
    },
    async receive(port, seconds) {
      return carriedIn(await traffic(TRANSFER_LIMIT, 'receive', port, seconds), manifest.name)
    },
    async send(address, port, octets) {
      const said = await traffic(TRANSFER_LIMIT, 'send', address, port, octets)
      return { ...carriedIn(said, manifest.name), ms: numberIn(said[2], manifest.name) }
    },
    async answer(port) {
      await traffic(GRACE, 'answer', port)
    },
    async ask(address, port, count) {
      return numberIn((await traffic(count * 4_000 + GRACE, 'ask', address, port, count))[0], manifest.name)
    },
    ...(endCalls === undefined
      ? {}
      : {
          async endCalls(how: 'properly' | 'crash') {
            await perform(fillWords(endCalls, { '{how}': how }), GRACE, 'interop.endCalls')
          },
        }),
    freeze: placed.freeze,
    takeLog: log.take,
    death: placed.death,
  }
}

/**
 * Creates an end that can dial.
 * @throws EnvironmentError when its manifest has no `interop` or no `dial`.
 */
export function createClientEnd(parts: PlacedEnd): ClientEnd {
  const { placed, manifest, docker } = parts
  const dial = createContainerDialler({ docker, id: placed.id, manifest })
  if (dial === undefined) throw noPart(manifest.name)
  return { ...createEnd(parts), dial }
}

function noPart(name: string): EnvironmentError {
  return new EnvironmentError(
    `${name} takes no part in interoperability runs`,
    'Its manifest needs interop, and that of a client dial as well: see docs/interop.md',
  )
}

/** Thrown when a command has not ended in time. */
class Late extends EnvironmentError {}

/**
 * @returns a function that runs a command to its end and returns the words of the last line that it
 * printed. A repeatable command that does not end in time is started once more: a guest under load
 * sometimes loses a process.
 */
function performer(start: StartCommand, name: string) {
  async function once(words: readonly string[], limit: number, field: string): Promise<CommandEnd> {
    const { ended } = await start(words)
    const late = () => new Late(`${name}: ${field} did not end in ${limit / 1_000} s: ${words.join(' ')}`)
    return await within(limit, ended, late)
  }
  return async (
    words: readonly string[],
    limit: number,
    field: string,
    repeatable = true,
  ): Promise<readonly string[]> => {
    const { status, output } = await once(words, limit, field).catch((error: unknown) => {
      if (repeatable && error instanceof Late) return once(words, limit, field)
      throw error
    })
    if (status !== 0)
      throw new EnvironmentError(
        `${name}: ${field} ended with ${status === undefined ? 'no status' : `status ${status}`}: ${lastLines(output, 2).slice(-COMPLAINT)}`,
      )
    return lastLines(output, 1).trim().split(/\s+/).filter(Boolean)
  }
}

function numberIn(word: string | undefined, name: string): number {
  const number = Number(word)
  if (word !== undefined && Number.isInteger(number) && number >= 0) return number
  throw new EnvironmentError(`${name}: interop.traffic printed "${word ?? ''}" instead of a number`)
}

function carriedIn([octets, sum = '']: readonly string[], name: string): Carried {
  return { octets: numberIn(octets, name), sum }
}
