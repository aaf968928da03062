/** The waits of a peer. The last three concern a call. */
export type WaitName =
  | 'start-request'
  | 'start-reply'
  | 'stop-reply'
  | 'echo-reply'
  | 'silence'
  | 'call-reply'
  | 'call-connected'
  | 'call-disconnected'

export interface Wait {
  readonly name: WaitName
  /** The whole duration, in ms. */
  readonly ms: number
  /** Returns how many ms ago the peer's last octets came. */
  readonly quiet: () => number
}

/** How long a peer waits. */
export interface Setting {
  /**
   * Returns how many ms are left of a wait that began `waited` ms ago: 0 if it is over, Infinity if
   * it never ends.
   */
  left(wait: Wait, waited: number): number
}

export const SETTING: Setting = {
  left: ({ ms }, waited) => Math.max(0, ms - waited),
}
