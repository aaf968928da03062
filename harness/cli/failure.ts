import { HarnessError, messageOf } from '../errors/errors.ts'
import { harmless } from '../report/harmless.ts'
import type { ExitCode, Io } from './io.ts'

export { harmless }

/** The variable that, set to 1, has stack traces printed. */
const DEBUG = 'PPTPSPEC_DEBUG'

/** Prints an error and its remedy to standard error. @returns the exit code. */
export function printFailure(error: unknown, io: Pick<Io, 'stderr' | 'env'>): ExitCode {
  const known = error instanceof HarnessError
  const lines = [`error: ${messageOf(error)}`]
  if (!known)
    lines.push(
      `this is a bug in pptpspec${io.env[DEBUG] === '1' ? '' : `; please report it with the stack trace that ${DEBUG}=1 prints`}`,
    )
  else if (error.remedy !== undefined && error.remedy !== '') lines.push(`remedy: ${error.remedy}`)
  if (io.env[DEBUG] === '1' && error instanceof Error && error.stack !== undefined) lines.push(error.stack)
  io.stderr.write(`${harmless(lines.join('\n'))}\n`)
  return known ? error.exitCode : 3
}
