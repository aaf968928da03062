/**
 * What every protocol of a PPP link looks like from outside: a pure machine, event in and actions
 * out. A machine owns at most one timer.
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
  /** Something happened that is of interest to whoever runs the link. */
  | { readonly kind: 'notice'; readonly notice: PppNotice }

/** Whose identity an authentication was about: the peer's, who had to prove it to us, or ours. */
export type AuthenticatedSide = 'peer' | 'us'

export type PppNotice =
  /** LCP Echo-Reply to an Echo-Request of ours; `data` without the Magic-Number. */
  | { readonly kind: 'echo-reply'; readonly identifier: number; readonly data: Uint8Array }
  /** The peer does not speak this protocol (LCP Protocol-Reject). */
  | { readonly kind: 'protocol-rejected'; readonly protocol: number }
  /** `message`: what the authenticator said to it, as Latin-1 text from a peer. */
  | {
      readonly kind: 'authenticated'
      readonly side: AuthenticatedSide
      readonly name: string
      readonly message: string
    }
  | {
      readonly kind: 'authentication-failed'
      readonly side: AuthenticatedSide
      readonly name: string
      readonly message: string
    }
  /** CCP Reset-Request: the peer's decryption lost step, and ours has to begin anew (RFC 3078). */
  | { readonly kind: 'reset-requested' }
  /** CCP Reset-Ack to a Reset-Request of ours. */
  | { readonly kind: 'reset-acknowledged' }

export interface PppProtocol {
  /** PPP protocol number. */
  readonly protocol: number
  handle(event: PppEvent): readonly PppAction[]
}
