import { writeFileSync } from 'node:fs'
import { z } from 'zod'
import { messageOf, UsageError } from '../harness/errors/errors.ts'
import { readNamedText } from '../harness/files/named-file.ts'
import { type BenchRecord, recordSchema } from './record.ts'

const REMEDY = 'Name a file that npm run bench -- --json FILE has written'

/**
 * Reads the record of an earlier run of the benchmarks.
 * @throws UsageError when there is no such file, or it holds something else.
 */
export function readRecord(file: string): BenchRecord {
  const text = readNamedText(file, { remedy: REMEDY })
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch (error) {
    throw new UsageError(`${file} is not JSON: ${messageOf(error)}`, REMEDY, { cause: error })
  }
  const { data, error } = recordSchema.safeParse(content)
  if (data !== undefined) return data
  const what = z.prettifyError(error).replaceAll(/\s*\n\s*/g, ' ')
  throw new UsageError(`${file} does not hold results of the benchmarks: ${what}`, REMEDY)
}

/**
 * Writes the record of a run.
 * @throws UsageError when the file cannot be written.
 */
export function writeRecord(file: string, record: BenchRecord): void {
  try {
    writeFileSync(file, `${JSON.stringify(record, null, 1)}\n`)
  } catch (error) {
    throw new UsageError(`cannot write ${file}: ${messageOf(error)}`, 'Name a file in a folder that exists', {
      cause: error,
    })
  }
}
