/**
 * Interfaces for making an originator dial. A recipient is tested by connecting to it; an
 * originator has to be told to dial, and how its dialling program ends is recorded.
 */

/**
 * Settings of a dial that differ from the implementation's usual ones. Its manifest has to say how
 * each is given (`dial.settings`).
 */
export interface DialSettings {
  /** Phone Number of its Outgoing-Call-Request. */
  readonly phoneNumber?: string
  /** Packet Recv. Window Size of its Outgoing-Call-Request. */
  readonly window?: number
  /** The secret with which its PPP logs in, instead of that of `ppp.own` in its manifest. */
  readonly secret?: string
}

/** The names of all settings. */
export const DIAL_SETTINGS = [
  'phoneNumber',
  'window',
  'secret',
] as const satisfies readonly (keyof DialSettings)[]

/** How a dial ended, as a user of the implementation sees it. */
export interface DialEnd {
  /**
   * Exit status of the dialling program; undefined where it was killed or the status is unknown.
   */
  readonly status: number | undefined
  /**
   * More about the end, such as a signal or the last line printed. The implementation may have
   * written it: its length is limited, but it may contain control characters.
   */
  readonly detail: string
}

/** Returns the end in words. `detail` is in them as it is, control characters included. */
export function describeDialEnd({ status, detail }: DialEnd): string {
  if (status === undefined) return detail
  return detail === '' ? `exit status ${status}` : `exit status ${status}, "${detail}"`
}

/**
 * A dial under way: from telling the implementation to dial until its dialling program has ended.
 */
export interface Dial {
  /**
   * Tells the implementation to end call and connection, as its user would; absent where that is
   * not possible.
   */
  readonly hangUp?: () => Promise<void>
  /**
   * Resolves when the dialling program has ended, by itself or by `stop`; never rejects. Absent
   * where that cannot be observed.
   */
  readonly ended?: Promise<DialEnd>
  /**
   * Ends the dial, by force if need be, within a limited time, and removes what would be in the way
   * of the next dial. Idempotent.
   */
  stop(): Promise<void>
}

/**
 * Makes the implementation open a control connection to port 1723 of `server`, one of the tester's
 * dotted IPv4 addresses, and place a call.
 * @throws EnvironmentError when telling it to dial fails.
 */
export type Dialler = (server: string, settings?: DialSettings) => Promise<Dial>
