/**
 * What every protocol of a PPP link looks like from outside: a pure machine, event in and actions out. LCP is one; PAP, CHAP, CCP and
 * IPCP are to be others. A machine owns at most one timer.
 */
export type PppEvent =
  /** The layer below carries packets: begin. */
  | { readonly kind: 'up' }
  /** The layer below is gone: forget everything, send nothing. */
  | { readonly kind: 'down' }
  /** End in good order. */
  | { readonly kind: 'close' }
  /** The information field of a frame with this machine's protocol number. */
  | { readonly kind: 'packet'; readonly octets: Uint8Array }
  | { readonly kind: 'timer' }

export type PppAction =
  | { readonly kind: 'send'; readonly octets: Uint8Array }
  /** Starts the machine's timer, or starts it again. */
  | { readonly kind: 'set-timer'; readonly ms: number }
  | { readonly kind: 'cancel-timer' }
  /** The protocol reached its opened state: layers above may begin. */
  | { readonly kind: 'opened' }
  /** It left its opened state. */
  | { readonly kind: 'down' }
  /** It is finished for good, by agreement or for lack of answers. */
  | { readonly kind: 'finished' }

export interface PppProtocol {
  /** PPP protocol number. */
  readonly protocol: number
  handle(event: PppEvent): readonly PppAction[]
}
