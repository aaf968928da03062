import type { Options } from 'yargs'
import type { ExitCode, Io } from './io.ts'

type OptionSet = Readonly<Record<string, Options>>

/** What yargs makes of an option, as far as our commands declare any. */
type Given<O> = O extends { readonly coerce: (value: never) => infer T }
  ? T
  : O extends { readonly array: true }
    ? readonly string[]
    : O extends { readonly type: 'boolean' }
      ? boolean
      : string

/** The arguments of a command: those it demands are there. */
export type Arguments<S> = {
  readonly [K in keyof S]: S[K] extends { readonly demandOption: true }
    ? Given<S[K]>
    : Given<S[K]> | undefined
}

/** What yargs has to know of a command. Everything that takes time to load is imported inside `perform`. */
interface Declaration<P extends OptionSet, O extends OptionSet> {
  /** As yargs reads it: `show <what> [scenario]`. */
  readonly usage: string
  readonly summary: string
  /** Lines below the options in `--help`. */
  readonly epilogue?: string
  readonly examples?: readonly (readonly [command: string, meaning: string])[]
  readonly positionals: P
  readonly options: O
  readonly perform: (given: Arguments<P> & Arguments<O>, io: Io, argv: readonly string[]) => Promise<ExitCode>
}

/** A command with the types of its arguments forgotten. */
export interface Command extends Omit<Declaration<OptionSet, OptionSet>, 'perform'> {
  readonly name: string
  readonly perform: (given: unknown, io: Io, argv: readonly string[]) => Promise<ExitCode>
}

/** Declares a command; `perform` gets its arguments with the types that the options say. */
export function command<const P extends OptionSet, const O extends OptionSet>(
  declaration: Declaration<P, O>,
): Command {
  return {
    ...declaration,
    name: declaration.usage.split(' ')[0] ?? '',
    perform: declaration.perform as Command['perform'],
  }
}
