import type { ExitCode, Io } from './io.ts'
import type { OptionSet, ValuesOf } from './options.ts'

interface Declaration<P extends OptionSet, O extends OptionSet> {
  /** As yargs reads it: `show <what> [scenario]`. */
  readonly usage: string
  readonly summary: string
  readonly examples?: readonly (readonly [command: string, meaning: string])[]
  /** Lines at the end of `--help`. */
  readonly epilogue?: string
  readonly positionals: P
  readonly options: O
  /**
   * Imports what it needs by itself: `--help` should not wait for a container engine's client to
   * load.
   */
  readonly perform: (given: ValuesOf<P> & ValuesOf<O>, io: Io, argv: readonly string[]) => Promise<ExitCode>
}

/** A command with the types of its arguments forgotten. */
export interface Command extends Omit<Declaration<OptionSet, OptionSet>, 'perform'> {
  readonly name: string
  /**
   * Reads what yargs found, then does the command's work.
   * @throws UsageError when a value is not what its option takes.
   */
  readonly perform: (
    found: Readonly<Record<string, unknown>>,
    io: Io,
    argv: readonly string[],
  ) => Promise<ExitCode>
}

/** Declares a command; `perform` gets its arguments as its options read them. */
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
