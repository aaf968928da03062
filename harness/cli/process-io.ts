import { messageOf } from '../errors/errors.ts'
import { printFailure } from './failure.ts'
import type { Interruption, Io } from './io.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** The reader left (`| head`), or the terminal did. */
const READER_GONE: readonly unknown[] = ['EPIPE', 'EIO']

/**
 * This process as the command line sees it. Takes over signals and uncaught errors: while a run
 * listens they stop it in order, a second one ends the process at once, and so does the first where
 * nothing has to be tidied up. A second SIGHUP does not count as a second signal: when a terminal
 * is lost, its shell sends one, and the kernel another.
 */
export function processIo(): Io {
  let listener: ((interruption: Interruption) => void) | undefined
  let interrupted = false
  const io: Io = {
    stdout: process.stdout,
    stderr: process.stderr,
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
      // Results still go to their files, and that is no failure. Nor may words that nobody gets cut
      // short the tidying up.
      if (!interrupted && !READER_GONE.includes(error.code)) throw error
    })
  return io
}

/**
 * Ends the process once everything written has been handed over; what still runs (a socket, a
 * timer) does not keep it.
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
