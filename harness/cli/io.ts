/** 0: as the baseline expects; 1: not as expected; 2: usage; 3: environment or harness error. */
export type ExitCode = 0 | 1 | 2 | 3

/** A stream that text is written to. */
export interface Output {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

/** A request to end early: a signal, or an uncaught error. */
export interface Interruption {
  /** A signal's name, or the error in a line. */
  readonly reason: string
  readonly error?: unknown
}

/** All that the command line uses of its process; tests replace it. */
export interface Io {
  readonly stdout: Output
  readonly stderr: Output
  /** Standard input. */
  readonly stdin: AsyncIterable<Uint8Array>
  readonly env: Readonly<Record<string, string | undefined>>
  /** Paths that the user gives, and default results, are relative to this. */
  readonly cwd: string
  /**
   * Calls `listener` on each interruption from now on; the listener has to return soon.
   * @returns a function that ends this.
   */
  readonly onInterruption: (listener: (interruption: Interruption) => void) => () => void
}

export type ColourChoice = 'auto' | 'always' | 'never'

/**
 * Whether to colour the text for `output`. NO_COLOR (no-color.org) and FORCE_COLOR decide only when
 * `choice` is `auto`.
 */
export function wantsColour(choice: ColourChoice, output: Output, env: Io['env']): boolean {
  if (choice !== 'auto') return choice === 'always'
  if (env.NO_COLOR) return false
  if (env.FORCE_COLOR && env.FORCE_COLOR !== '0') return true
  return output.isTTY === true && env.TERM !== 'dumb'
}

/** Whether this is a CI job: CI services set the variable CI. */
export function isCi({ CI }: Io['env']): boolean {
  return CI !== undefined && !['', '0', 'false'].includes(CI.toLowerCase())
}

/** Returns the columns of a terminal; 100 for a file, or if a terminal says 0. */
export function columnsOf(output: Output): number {
  return output.columns || 100
}
