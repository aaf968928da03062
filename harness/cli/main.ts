#!/usr/bin/env node
import { existsSync, realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import yargs, { type Argv, type PositionalOptions } from 'yargs'
import { HarnessError, UsageError } from '../errors/errors.ts'
import { nearestNames } from '../errors/nearest.ts'
import type { Command } from './command.ts'
import { convertBaseline } from './commands/convert-baseline.ts'
import { coverage } from './commands/coverage.ts'
import { dial } from './commands/dial.ts'
import { diff } from './commands/diff.ts'
import { doctor } from './commands/doctor.ts'
import { interop } from './commands/interop.ts'
import { judge } from './commands/judge.ts'
import { list } from './commands/list.ts'
import { newCommand } from './commands/new.ts'
import { prove } from './commands/prove.ts'
import { report } from './commands/report.ts'
import { run } from './commands/run.ts'
import { serve } from './commands/serve.ts'
import { show } from './commands/show.ts'
import { printFailure } from './failure.ts'
import { columnsOf, type ExitCode, type Io } from './io.ts'
import { DEFAULT_IMPLEMENTATIONS } from './names.ts'
import { exitWith, processIo } from './process-io.ts'
import { packageVersion } from './version.ts'

const COMMANDS: readonly Command[] = [
  run,
  list,
  show,
  judge,
  report,
  diff,
  convertBaseline,
  prove,
  coverage,
  newCommand,
  serve,
  dial,
  interop,
  doctor,
]

/** Options that every command has. */
const GENERAL = ['help', 'version'] as const

/** Runs the command line. @param argv without node and script. Never throws. */
export async function main(argv: readonly string[], io: Io): Promise<ExitCode> {
  try {
    return await perform(argv, io)
  } catch (error) {
    return printFailure(error, io)
  }
}

async function perform(argv: readonly string[], io: Io): Promise<ExitCode> {
  const { shown, chosen } = await parse(argv, io)
  if (argv.length === 0) {
    io.stderr.write(`${shown}\n`)
    return 2
  }
  if (shown !== '') io.stdout.write(`${shown}\n`)
  return chosen === undefined ? 0 : chosen()
}

/**
 * Reads a command line without performing its command.
 * @returns in `shown` help or version, if asked for; in `chosen` a function that performs it.
 * @throws UsageError for an unknown command or option.
 */
export async function parse(
  argv: readonly string[],
  io: Io,
): Promise<{ readonly shown: string; readonly chosen: (() => Promise<ExitCode>) | undefined }> {
  let chosen: (() => Promise<ExitCode>) | undefined
  let shown = ''
  const parser = describeAll(
    yargs([...argv]),
    (command, found) => {
      chosen = () => command.perform(found, io, argv)
    },
    argv,
    io,
  )
  if (argv.length === 0) return { shown: await parser.getHelp(), chosen }
  // With a callback yargs passes on the text that it would print, and does not end the process.
  await parser.parseAsync([...argv], {}, (_error: unknown, _argv: unknown, output: string) => {
    shown = output
  })
  return { shown, chosen }
}

function describeAll(
  parser: Argv,
  choose: (command: Command, found: Readonly<Record<string, unknown>>) => void,
  argv: readonly string[],
  io: Io,
): Argv {
  for (const command of COMMANDS)
    parser.command({
      command: command.usage,
      describe: command.summary,
      builder: (own: Argv) => {
        for (const [name, { declaration }] of Object.entries(command.positionals))
          own.positional(name, declaration as PositionalOptions)
        for (const [name, { declaration }] of Object.entries(command.options)) own.option(name, declaration)
        for (const [example, meaning] of command.examples ?? []) own.example(`$0 ${example}`, meaning)
        if (command.epilogue !== undefined) own.epilogue(command.epilogue)
        return own
      },
      handler: (found) => choose(command, found),
    })
  return parser
    .scriptName('pptpspec')
    .usage('$0 <command>\n\nPlays scenarios of PPTP (RFC 2637) against implementations and judges them.')
    .example('$0 run', `every scenario against ${DEFAULT_IMPLEMENTATIONS.join(' and ')}, in containers`)
    .example(
      "$0 run reference --scenario 'echo/*'",
      'some scenarios against the embedded reference, without containers',
    )
    .example('$0 show start/accepted', 'the messages of a scenario in the latest results')
    .example('$0 doctor', 'what is missing on this machine')
    .epilogue(
      'Exit codes: 0 as the baseline expects, 1 not as expected, 2 usage, 3 environment or harness error.',
    )
    .strict()
    .demandCommand(1, 1)
    .parserConfiguration({ 'parse-numbers': false, 'parse-positional-numbers': false, 'dot-notation': false })
    .version(packageVersion())
    .help()
    .alias('help', 'h')
    .wrap(Math.min(110, columnsOf(io.stdout)))
    .locale('en')
    .exitProcess(false)
    .fail((message, error) => {
      throw error instanceof HarnessError ? error : misuse(message ?? error.message, argv)
    })
}

/** Makes an error of a message of yargs, with a remedy that suggests what the user may mean. */
function misuse(message: string, argv: readonly string[]): UsageError {
  const first = argv.find((argument) => !argument.startsWith('-'))
  const command = COMMANDS.find(({ name }) => name === first)
  if (command === undefined) {
    const names = COMMANDS.map(({ name }) => name)
    if (first === undefined)
      return new UsageError(
        `no command is given, only ${argv.join(' ')}`,
        `Give one of these commands: ${names.join(', ')}; pptpspec --help shows what they do`,
      )
    const [nearest] = nearestNames(first, names)
    return new UsageError(
      `unknown command "${first}"`,
      `${nearest === undefined ? '' : `did you mean ${nearest}? `}pptpspec --help shows all commands`,
    )
  }
  const help = `pptpspec ${command.name} --help shows all options`
  const unknown = /^Unknown arguments?: (.*)$/.exec(message)?.[1]?.split(', ') ?? []
  const isOption = (name: string) =>
    argv.some((given) => given === dashed(name) || given.startsWith(`${dashed(name)}=`))
  const option = unknown.find(isOption)
  if (option !== undefined) {
    const known = [...Object.keys(command.options), ...GENERAL]
    const [nearest] = option.length === 1 ? [] : nearestNames(option, known)
    return new UsageError(
      `pptpspec ${command.name} has no option ${dashed(option)}`,
      `${nearest === undefined ? '' : `did you mean --${nearest}? `}${help}`,
    )
  }
  if (unknown.length > 0)
    return new UsageError(`pptpspec ${command.name} takes no argument "${unknown.join(' ')}"`, help)
  const incomplete = /^Not enough arguments following: (.*)$/.exec(message)?.[1]
  if (incomplete !== undefined)
    return new UsageError(`pptpspec ${command.name}: ${dashed(incomplete)} needs a value`, help)
  if (message.startsWith('Not enough non-option arguments'))
    return new UsageError(`pptpspec ${command.usage}: an argument is missing`, help)
  return new UsageError(`pptpspec ${command.name}: ${message.replaceAll(/\s*\n\s*/g, ' ')}`, help)
}

function dashed(name: string): string {
  return name.length === 1 ? `-${name}` : `--${name}`
}

function isProgram(): boolean {
  const script = process.argv[1]
  // Real paths, because npm links programs into node_modules/.bin.
  return script !== undefined && existsSync(script) && realpathSync(script) === fileURLToPath(import.meta.url)
}

if (isProgram()) exitWith(await main(process.argv.slice(2), processIo()))
