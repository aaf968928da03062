import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { messageOf, UsageError } from '../errors/errors.ts'
import { type KindName, kindOf } from '../scaffold/kinds.ts'
import { placeAt, type ScaffoldFile, type ScaffoldRequest } from '../scaffold/scaffold.ts'
import { harmless } from './failure.ts'
import type { ExitCode, Io } from './io.ts'
import { shortPath } from './results.ts'

/** The arguments of `pptpspec new`. */
export interface NewRequest extends ScaffoldRequest {
  readonly what: KindName
}

/**
 * Writes the files of a new scenario, monitor, fault or implementation, and says what to do next.
 * @throws UsageError when the name is not valid, or a file of that name exists already.
 */
export async function performNew(request: NewRequest, io: Pick<Io, 'stdout' | 'cwd'>): Promise<ExitCode> {
  const { what, ...wanted } = request
  const { takes, scaffold } = kindOf(what)
  for (const option of ['role', 'requirement', 'seam'] as const)
    if (wanted[option] !== undefined && !takes.includes(option))
      throw new UsageError(`pptpspec new ${what} has no --${option}`, `Leave out --${option}`)
  const { absent, files, next } = await scaffold(wanted, placeAt(io.cwd))
  for (const path of absent)
    if (existsSync(path))
      throw new UsageError(`${shortPath(path, io.cwd)} exists already`, 'Choose another name, or remove it')
  for (const file of files) write(file)
  io.stdout.write(`${harmless(next.join('\n'))}\n`)
  return 0
}

function write({ path, text }: ScaffoldFile): void {
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  } catch (cause) {
    throw new UsageError(
      `cannot write ${path}: ${messageOf(cause)}`,
      'Name a folder that can be written to',
      {
        cause,
      },
    )
  }
}
