import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { EnvironmentError, messageOf } from '../errors/errors.ts'

/**
 * Writes one report. A reader of the file finds the old report or the new one, never a part.
 * @throws EnvironmentError when the file cannot be written.
 */
export function writeDocument(file: string, content: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(`${file}.part`, content)
    renameSync(`${file}.part`, file)
  } catch (error) {
    throw unwritable(file, error)
  }
}

/** Returns the error about a file that cannot be written. */
export function unwritable(file: string, error: unknown): EnvironmentError {
  return new EnvironmentError(
    `cannot write ${file}: ${messageOf(error)}`,
    'Name a file or directory that can be written',
    { cause: error },
  )
}
