import { messageOf } from '../errors/errors.ts'
import { printFailure } from './failure.ts'
import type { Interruption, Io } from './io.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** The error codes when the reader of a pipe (`| head`), or the terminal, is gone. */
const READER_GONE: readonly unknown[] = ['EPIPE', 'EIO']

/**
 * Returns this process as the command line uses it, and handles signals and uncaught errors. While
 * a run listens, the first stops it in order and a second ends the process at once; otherwise the
 * first ends it. A second SIGHUP is ignored: when a terminal is lost, shell and kernel send one.
 */
export function processIo(): Io {
  let listener: ((interruption: Interruption) => void) | undefined
  let interrupted = false
  const io: Io = {
    stdout: process.stdout,
    stderr: process.stderr,
    // Opened only when it is read: an open standard input would keep the process alive.
    get stdin() {
      return process.stdin
    },
    env: process.env,
    cwd: process.cwd(),
    onInterruption(next) {
      listener = next
      return () => {
        if (listener === next) listener = undefined
      }
    },
  }

  const interrupt = (interruption: Interruption): void => {
    if (interrupted || listener === undefined) {
      if (interruption.error !== undefined) printFailure(interruption.error, io)
      process.exit(3)
    }
    interrupted = true
    listener(interruption)
  }
  for (const signal of SIGNALS)
    process.on(signal, () => {
      if (!(interrupted && signal === 'SIGHUP')) interrupt({ reason: signal })
    })
  for (const event of ['uncaughtException', 'unhandledRejection'] as const)
    process.on(event, (error: unknown) =>
      interrupt({ reason: `internal error: ${messageOf(error)}`, error: error ?? new Error('unknown') }),
    )
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // Not a failure: results still go to their files. While a run is being stopped, no error of
      // an output may end the process before everything is cleaned up.
      if (!interrupted && !READER_GONE.includes(error.code)) throw error
    })
  return io
}

/**
 * Ends the process once all output is written. Open sockets and timers do not keep the process
 * alive.
 */
export function exitWith(code: number): void {
  process.exitCode = code
  const streams = [process.stdout, process.stderr].filter((stream) => stream.writableLength > 0)
  let waiting = streams.length
  const leave = () => process.exit(code)
  if (waiting === 0) leave()
  for (const stream of streams)
    stream.write('', () => {
      waiting--
      if (waiting === 0) leave()
    })
}
