/**
 * Making an originator act. A recipient is reached by connecting to it; an originator has to be
 * told to dial, and what it tells its user afterwards is part of what it does.
 */

/**
 * What may be asked of a dial beyond the implementation's usual way. Each one needs a word in its
 * manifest.
 */
export interface DialSettings {
  /** Phone Number of its Outgoing-Call-Request. */
  readonly phoneNumber?: string
  /** Packet Recv. Window Size of its Outgoing-Call-Request. */
  readonly window?: number
  /** The secret of its PPP account, instead of the one its manifest names. */
  readonly secret?: string
}

/** The names of all settings. */
export const DIAL_SETTINGS = [
  'phoneNumber',
  'window',
  'secret',
] as const satisfies readonly (keyof DialSettings)[]

/** How a dial ended, as its user sees it. */
export interface DialEnd {
  /** Exit status of the dialling program; undefined where it was killed or none is to be had. */
  readonly status: number | undefined
  /** What there is to say besides: a signal, the last line it printed. Hostile text, bounded. */
  readonly detail: string
}

/** What its user saw of the end, in words. Hostile text is in it. */
export function describeDialEnd({ status, detail }: DialEnd): string {
  if (status === undefined) return detail
  return detail === '' ? `exit status ${status}` : `exit status ${status}, "${detail}"`
}

/**
 * A dial under way: from telling the implementation to dial until its dialling program has ended.
 */
export interface Dial {
  /**
   * Tells it to end the call and the connection the way its user would; absent where nobody can.
   */
  readonly hangUp?: () => Promise<void>
  /**
   * Resolves when the dialling program has ended, by itself or by `stop`; never rejects. Absent
   * where nobody can tell.
   */
  readonly ended?: Promise<DialEnd>
  /**
   * Ends it whatever it takes, within a bound, so that the next dial finds nothing in its way.
   * Idempotent.
   */
  stop(): Promise<void>
}

/**
 * Makes the implementation open a control connection to `server`, one of the tester's dotted IPv4
 * addresses, port 1723, and place a call.
 * @throws EnvironmentError when it cannot be told to.
 */
export type Dialler = (server: string, settings?: DialSettings) => Promise<Dial>
