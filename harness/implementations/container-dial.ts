import type Dockerode from 'dockerode'
import { EnvironmentError, messageOf } from '../errors/errors.ts'
import type { DialEnd, Dialler } from '../scenario/dial.ts'
import { lastLines } from './child.ts'
import { type RunningCommand, type StartCommand, throughAttendant, throughEngine } from './commands.ts'
import { fillWords, settingWords } from './dial-words.ts'
import type { Manifest } from './manifest.ts'
import { within } from './within.ts'

/**
 * How long the commands to hang up and to stop may take, and how long a stopped dial may take to
 * end, in ms.
 */
const LIMIT = 10_000
/** How many of the last lines of a dial's output are reported, and how many characters at most. */
const LINES = 4
const DETAIL_LIMIT = 400

/** The container of the originator. */
export interface DiallingContainer {
  readonly docker: Dockerode
  readonly id: string
  readonly manifest: Manifest
}

/**
 * Creates a dialler that makes the originator in a container dial, with the commands of its
 * manifest. Returns undefined when the manifest has no `dial`.
 *
 * `hangUp` and `stop` throw EnvironmentError when the command fails or takes too long. They do
 * nothing when the container has ended: its dials have ended with it.
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
      // A second attempt, because a guest under load sometimes loses a command.
      await tell(dial.stop, 'dial.stop').catch(() => tell(dial.stop, 'dial.stop'))
      await within(LIMIT, ended, late(`${manifest.name}: the dial did not end after dial.stop`))
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
    // The container has ended; its replica reports that as its death.
    return
  }
  const { status, output } = await within(LIMIT, command.ended, late(`${what} did not end`))
  if (status !== undefined && status !== 0)
    throw new EnvironmentError(
      `${what} ended with status ${status}: ${lastLines(output, 1).slice(0, DETAIL_LIMIT)}`,
    )
}

function late(complaint: string): () => EnvironmentError {
  return () => new EnvironmentError(`${complaint} within ${LIMIT / 1000} s`)
}
