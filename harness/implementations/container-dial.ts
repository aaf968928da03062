import type Dockerode from 'dockerode'
import { EnvironmentError, messageOf } from '../errors/errors.ts'
import type { DialEnd, Dialler } from '../scenario/dial.ts'
import { lastLines } from './child.ts'
import { type RunningCommand, type StartCommand, throughAttendant, throughEngine } from './commands.ts'
import { fillWords, settingWords } from './dial-words.ts'
import type { Manifest } from './manifest.ts'
import { within } from './within.ts'

/**
 * ms that the command to hang up or to stop may take, and ms that a stopped dial may take to end.
 */
const LIMIT = 10_000
/** The number of last lines of a dial's output that are reported, and of characters of them. */
const LINES = 4
const DETAIL_LIMIT = 400

/** The container of the originator. */
export interface DiallingContainer {
  readonly docker: Dockerode
  readonly id: string
  readonly manifest: Manifest
}

/**
 * Creates a dialler that makes the originator in a container dial by the commands of its manifest;
 * undefined when it has none.
 *
 * `hangUp` and `stop` throw EnvironmentError when the command fails or takes too long. A container
 * that is gone is no error: no dial is left to stop.
 */
export function createContainerDialler(container: DiallingContainer): Dialler | undefined {
  const { docker, id, manifest } = container
  const { dial } = manifest
  if (dial === undefined) return undefined
  const start =
    dial.attendant === undefined ? throughEngine(docker, id) : throughAttendant(docker, id, dial.attendant)
  let dials = 0

  return async (server, settings = {}) => {
    dials += 1
    const filled = { '{dial}': `dial-${dials}`, '{server}': server }
    const command = [...fillWords(dial.command, filled), ...settingWords(dial.settings, settings)]
    const begun = await start(command).catch((cause: unknown) => {
      throw new EnvironmentError(`${manifest.name}: dial.command: ${messageOf(cause)}`, undefined, { cause })
    })
    let stopped: Promise<void> | undefined
    const ended = begun.ended.then(({ status, output }): DialEnd => {
      const said = lastLines(output, LINES).replaceAll('\n', ' | ').slice(-DETAIL_LIMIT)
      return stopped === undefined ? { status, detail: said } : { status: undefined, detail: 'stopped' }
    })
    const tell = (words: readonly string[], field: string) =>
      perform(start, fillWords(words, filled), `${manifest.name}: ${field}`)
    const stop = async () => {
      // Tried twice: a guest under load sometimes loses a command.
      await tell(dial.stop, 'dial.stop').catch(() => tell(dial.stop, 'dial.stop'))
      await within(LIMIT, ended, late(`${manifest.name}: the dial goes on after dial.stop`))
    }
    const { hangUp } = dial
    return {
      ...(hangUp === undefined ? {} : { hangUp: () => tell(hangUp, 'dial.hangUp') }),
      ended,
      stop() {
        stopped ??= stop()
        return stopped
      },
    }
  }
}

async function perform(start: StartCommand, words: readonly string[], what: string): Promise<void> {
  let command: RunningCommand
  try {
    command = await start(words)
  } catch {
    // The container is gone, which its replica reports as its death.
    return
  }
  const { status, output } = await within(LIMIT, command.ended, late(`${what} did not end`))
  if (status !== undefined && status !== 0)
    throw new EnvironmentError(
      `${what} ended with status ${status}: ${lastLines(output, 1).slice(0, DETAIL_LIMIT)}`,
    )
}

function late(complaint: string): () => EnvironmentError {
  return () => new EnvironmentError(`${complaint} in ${LIMIT / 1000} s`)
}
