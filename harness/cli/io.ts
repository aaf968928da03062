/** 0: as the baseline expects; 1: not so; 2: usage; 3: environment or harness. Never a count. */
export type ExitCode = 0 | 1 | 2 | 3

/** Where text goes. */
export interface Output {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

/** A request to end early: a signal, or an error that nobody caught. */
export interface Interruption {
  /** A signal's name, or the error in a line. */
  readonly reason: string
  readonly error?: unknown
}

/** All that the command line knows of the process it lives in; tests put their own in its place. */
export interface Io {
  readonly stdout: Output
  readonly stderr: Output
  readonly env: Readonly<Record<string, string | undefined>>
  /** Paths that the user gives, and default results, are relative to this. */
  readonly cwd: string
  /**
   * Calls `listener` on each interruption from now on; it has to return soon. The function that is
   * returned ends this.
   */
  readonly onInterruption: (listener: (interruption: Interruption) => void) => () => void
}

export type ColourChoice = 'auto' | 'always' | 'never'

/**
 * Whether to colour what goes to `output`. NO_COLOR (no-color.org) and FORCE_COLOR decide only
 * where the user left it to us.
 */
export function wantsColour(choice: ColourChoice, output: Output, env: Io['env']): boolean {
  if (choice !== 'auto') return choice === 'always'
  if (env.NO_COLOR) return false
  if (env.FORCE_COLOR && env.FORCE_COLOR !== '0') return true
  return output.isTTY === true && env.TERM !== 'dumb'
}

/** Whether nobody is watching: CI services say so by this variable. */
export function isCi({ CI }: Io['env']): boolean {
  return CI !== undefined && !['', '0', 'false'].includes(CI.toLowerCase())
}

/** Columns of the terminal; a file has none, and some terminals say 0. */
export function columnsOf(output: Output): number {
  return output.columns || 100
}
