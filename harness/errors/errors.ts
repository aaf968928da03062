/**
 * The two kinds of failure that end a run without a verdict. Both carry what went wrong and what to
 * do about it; the command line prints them without a stack trace and exits with `exitCode`.
 */
export class HarnessError extends Error {
  override readonly name: string
  /** 2: the request was wrong (usage); 3: the environment or the harness is at fault. */
  readonly exitCode: 2 | 3
  /** What the user can do about it, in one sentence; undefined where nothing is known to help. */
  readonly remedy: string | undefined

  constructor(name: string, exitCode: 2 | 3, message: string, remedy?: string, options?: ErrorOptions) {
    super(message, options)
    this.name = name
    this.exitCode = exitCode
    this.remedy = remedy
  }
}

/** The request is wrong: unknown name, broken manifest, unreadable baseline. Exit code 2. */
export class UsageError extends HarnessError {
  constructor(message: string, remedy?: string, options?: ErrorOptions) {
    super('UsageError', 2, message, remedy, options)
  }
}

/** Something that the request needs is missing: engine, permission, image, port. Exit code 3. */
export class EnvironmentError extends HarnessError {
  constructor(message: string, remedy?: string, options?: ErrorOptions) {
    super('EnvironmentError', 3, message, remedy, options)
  }
}

/** Returns the message of a thrown value, which need not be an Error. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
