/** What a peer waits for. The last three are about a call. */
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
  /** How long it is. */
  readonly ms: number
  /** ms since the peer's last octets. */
  readonly quiet: () => number
}

/** What could be set otherwise: how long a peer waits. */
export interface Setting {
  /**
   * ms that are left of a wait which began `waited` ms ago; 0: it is over. Infinity: it never is.
   */
  left(wait: Wait, waited: number): number
}

export const SETTING: Setting = {
  left: ({ ms }, waited) => Math.max(0, ms - waited),
}
