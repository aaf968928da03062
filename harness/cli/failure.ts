import { HarnessError, messageOf } from '../errors/errors.ts'
import { harmless } from '../report/harmless.ts'
import type { ExitCode, Io } from './io.ts'

export { harmless }

/** Set to 1, stack traces are printed. */
const DEBUG = 'PPTPSPEC_DEBUG'

/** Says what went wrong and what to do about it on standard error; gives the exit code. */
export function printFailure(error: unknown, io: Pick<Io, 'stderr' | 'env'>): ExitCode {
  const known = error instanceof HarnessError
  const lines = [`error: ${messageOf(error)}`]
  if (!known)
    lines.push(
      `this is a bug in pptpspec${io.env[DEBUG] === '1' ? '' : `; ${DEBUG}=1 shows where, please report it`}`,
    )
  else if (error.remedy !== undefined && error.remedy !== '') lines.push(`remedy: ${error.remedy}`)
  if (io.env[DEBUG] === '1' && error instanceof Error && error.stack !== undefined) lines.push(error.stack)
  io.stderr.write(`${harmless(lines.join('\n'))}\n`)
  return known ? error.exitCode : 3
}
