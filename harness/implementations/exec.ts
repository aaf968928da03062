import { PassThrough } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import type Dockerode from 'dockerode'

/** How much of what a command prints is kept, in characters: the end of it. */
const OUTPUT_LIMIT = 4_096

/** How a command in a container ended. */
export interface ExecEnd {
  /** Undefined where the container or the engine went away before. */
  readonly status: number | undefined
  /** The end of what it wrote to standard output and standard error. Hostile text, bounded. */
  readonly output: string
}

/** A command under way in a container. */
export interface Exec {
  /** Resolves when the command has ended; never rejects. */
  readonly ended: Promise<ExecEnd>
}

/**
 * Starts a command in a running container, without a shell.
 * @throws Error when the engine does not start it, e.g. because the container is gone.
 */
export async function startExec(docker: Dockerode, id: string, command: readonly string[]): Promise<Exec> {
  const exec = await docker
    .getContainer(id)
    .exec({ Cmd: [...command], AttachStdout: true, AttachStderr: true })
  const stream = await exec.start({ hijack: true, stdin: false })
  let output = ''
  const sink = () => {
    const decoder = new StringDecoder('utf8')
    return new PassThrough().on('data', (piece: Buffer) => {
      output = (output + decoder.write(piece)).slice(-OUTPUT_LIMIT)
    })
  }
  docker.modem.demuxStream(stream, sink(), sink())
  const over = new Promise<void>((resolve) => {
    stream.once('end', resolve)
    stream.once('close', resolve)
    stream.once('error', () => resolve())
  })
  const ended = over.then(async (): Promise<ExecEnd> => {
    const status = await exec.inspect().then(
      ({ Running, ExitCode }) => (Running ? undefined : (ExitCode ?? undefined)),
      () => undefined,
    )
    return { status, output }
  })
  return { ended }
}
