import { renameSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { REQUIREMENTS } from '../../suites/catalogue.ts'
import { SCENARIOS } from '../../suites/index.ts'
import { MONITORS } from '../../suites/monitors/index.ts'
import { EnvironmentError, messageOf } from '../errors/errors.ts'
import { readNamedText } from '../files/named-file.ts'
import { formatBaseline } from '../runner/baseline.ts'
import { convertBaseline } from '../runner/convert-baseline.ts'
import { casesOf } from '../scenario/scenario.ts'
import { harmless } from './failure.ts'
import type { ExitCode, Io } from './io.ts'
import { shortPath } from './results.ts'

/**
 * Rewrites a baseline of the old format, and keeps the old file as `<file>.old`.
 * @throws UsageError when the file is not such a baseline; EnvironmentError when it cannot be
 * written.
 */
export function performConvertBaseline(file: string, io: Io): ExitCode {
  const path = resolve(io.cwd, file)
  const text = readNamedText(path, { remedy: 'Name a baseline of the old format' })
  const { baseline, notes } = convertBaseline(text, file, {
    cases: SCENARIOS.flatMap(casesOf),
    monitors: MONITORS,
    catalogue: REQUIREMENTS,
  })
  try {
    writeFileSync(`${path}.part`, formatBaseline(baseline))
    renameSync(path, `${path}.old`)
    renameSync(`${path}.part`, path)
  } catch (error) {
    throw new EnvironmentError(
      `cannot write ${path}: ${messageOf(error)}`,
      'Copy the file to a folder that can be written, and convert it there',
      { cause: error },
    )
  }
  const where = shortPath(path, io.cwd)
  const lines = [
    `wrote ${where}: ${baseline.causes.length} causes; give each a title, an owner and an effect. The old file is now ${where}.old`,
    ...notes.map((note) => `  ${note}`),
    `Run once to update it: pptpspec run ${baseline.implementation} --baseline ${where} --update-baseline`,
  ]
  io.stdout.write(`${lines.map(harmless).join('\n')}\n`)
  return 0
}
