import { resolve } from 'node:path'
import { UsageError } from '../errors/errors.ts'
import { nearestNames } from '../errors/nearest.ts'
import { createConsoleReporter } from '../report/console.ts'
import type { NamedReporter, Reporter } from '../report/reporter.ts'
import {
  createDocumentReporter,
  createEventsReporter,
  DOCUMENT_NAMES,
  DOCUMENTS,
  type DocumentName,
  openTextFile,
} from '../report/write.ts'
import { type ColourChoice, columnsOf, type Io, wantsColour } from './io.ts'

/** Everything that `--reporter` may name. */
export const REPORTER_NAMES = ['console', 'events', ...DOCUMENT_NAMES] as const
export type ReporterName = (typeof REPORTER_NAMES)[number]

/** One `--reporter junit=out.xml`; without a file it writes to standard output. */
export interface ReporterChoice {
  readonly name: ReporterName
  readonly file?: string
}

/**
 * Reads NAME or NAME=FILE.
 * @throws UsageError for an unknown name, with the nearest known one, and for an empty file name.
 */
export function readReporter(text: string): ReporterChoice {
  const [name = '', ...rest] = text.split('=')
  const known = REPORTER_NAMES.find((one) => one === name)
  if (known === undefined) {
    const [nearest] = nearestNames(name, REPORTER_NAMES)
    throw new UsageError(
      `--reporter: expected ${REPORTER_NAMES.join(', ')}, got "${name}"`,
      nearest === undefined ? 'For example --reporter junit=junit.xml' : `did you mean ${nearest}?`,
    )
  }
  const file = rest.join('=')
  if (rest.length === 0) return { name: known }
  if (file === '')
    throw new UsageError(
      `--reporter ${known}=: the file name is empty`,
      `For example --reporter ${known}=FILE`,
    )
  return { name: known, file }
}

/**
 * Checks that only one reporter writes to standard output.
 * @throws UsageError naming the two that do.
 */
export function requireOneOutput(choices: readonly ReporterChoice[]): void {
  const [first, second] = choices.filter(({ file }) => file === undefined)
  if (first === undefined || second === undefined) return
  throw new UsageError(
    `--reporter ${first.name} and --reporter ${second.name} both write to standard output`,
    `Give one of them a file: --reporter ${second.name}=FILE`,
  )
}

/** The settings of the reporters of a run. */
export interface ReporterOptions {
  readonly verbose: boolean
  readonly colour: ColourChoice
  /** The path of the results directory, as it is shown to the user. */
  readonly output: string
}

/**
 * Creates the reporters that were asked for. If none of them writes to standard output, a console
 * reporter is added that does.
 */
export function createReporters(
  choices: readonly ReporterChoice[],
  options: ReporterOptions,
  io: Io,
): readonly NamedReporter[] {
  const shown = choices.some(({ file }) => file === undefined)
    ? choices
    : [{ name: 'console' } as const, ...choices]
  return shown.map(({ name, file }: ReporterChoice) => ({
    name: file === undefined ? name : `${name}=${file}`,
    reporter: file === undefined ? toOutput(name, options, io) : toFile(name, file, options, io),
  }))
}

function toOutput(
  name: ReporterName,
  { verbose, colour, output }: ReporterOptions,
  { stdout, env }: Io,
): Reporter {
  const write = (text: string) => void stdout.write(text)
  switch (name) {
    case 'events':
      return createEventsReporter(write)
    case 'console':
      return createConsoleReporter({
        write,
        isTty: stdout.isTTY === true && env.CI === undefined && env.TERM !== 'dumb',
        columns: columnsOf(stdout),
        colour: wantsColour(colour, stdout, env),
        verbose,
        output,
      })
    default:
      return createDocumentReporter(name, write)
  }
}

/**
 * Creates a reporter whose file is opened at the first event, so that an error of the file shows
 * before anything is played.
 */
function toFile(
  name: ReporterName,
  file: string,
  { verbose, output }: ReporterOptions,
  { cwd }: Io,
): Reporter {
  let opened: { readonly reporter: Reporter; close(): void } | undefined
  const open = () => {
    const { write, close } = openTextFile(resolve(cwd, file))
    const reporter = isDocument(name)
      ? createDocumentReporter(name, write)
      : name === 'events'
        ? createEventsReporter(write)
        : createConsoleReporter({ write, isTty: false, columns: 100, colour: false, verbose, output })
    opened = { reporter, close }
    return opened
  }
  return {
    handle: (event) => (opened ?? open()).reporter.handle(event),
    tick: (now) => opened?.reporter.tick?.(now),
    end() {
      opened?.reporter.end?.()
      opened?.close()
    },
  }
}

function isDocument(name: ReporterName): name is DocumentName {
  return name in DOCUMENTS
}
