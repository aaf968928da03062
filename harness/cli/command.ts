import type { ExitCode, Io } from './io.ts'
import type { OptionSet, ValuesOf } from './options.ts'

interface Declaration<P extends OptionSet, O extends OptionSet> {
  /** In the notation of yargs: `show <what> [scenario]`. */
  readonly usage: string
  readonly summary: string
  readonly examples?: readonly (readonly [command: string, meaning: string])[]
  /** Lines at the end of `--help`. */
  readonly epilogue?: string
  readonly positionals: P
  readonly options: O
  /**
   * Does the command's work. It imports its modules itself, so that `--help` does not wait for the
   * client of a container engine to load.
   */
  readonly perform: (given: ValuesOf<P> & ValuesOf<O>, io: Io, argv: readonly string[]) => Promise<ExitCode>
}

/** A command without the types of its arguments. */
export interface Command extends Omit<Declaration<OptionSet, OptionSet>, 'perform'> {
  readonly name: string
  /**
   * Reads the values that yargs found, then does the command's work.
   * @throws UsageError when a value is not valid for its option.
   */
  readonly perform: (
    found: Readonly<Record<string, unknown>>,
    io: Io,
    argv: readonly string[],
  ) => Promise<ExitCode>
}

/** Declares a command; `perform` gets the values that the options have read. */
export function command<P extends OptionSet, O extends OptionSet>(declaration: Declaration<P, O>): Command {
  const { positionals, options, perform } = declaration
  return {
    ...declaration,
    name: declaration.usage.split(' ')[0] ?? '',
    async perform(found, io, argv) {
      const values = Object.entries({ ...positionals, ...options }).map(([name, { read }]) => [
        name,
        read(found[name]),
      ])
      return perform(Object.fromEntries(values) as ValuesOf<P> & ValuesOf<O>, io, argv)
    },
  }
}
