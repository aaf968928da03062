/**
 * An event for one protocol of a PPP link. Each protocol is a pure machine: it takes an event and
 * returns actions. It has at most one timer.
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
  /** The protocol left its opened state. */
  | { readonly kind: 'down' }
  /** The protocol is finished: both ends agreed to end it, or the peer did not answer. */
  | { readonly kind: 'finished' }
  /** Something happened that concerns the link as a whole. */
  | { readonly kind: 'notice'; readonly notice: PppNotice }

/** Whose identity an authentication proves: the peer's or ours. */
export type AuthenticatedSide = 'peer' | 'us'

export type PppNotice =
  /** LCP Echo-Reply to an Echo-Request of ours; `data` without the Magic-Number. */
  | { readonly kind: 'echo-reply'; readonly identifier: number; readonly data: Uint8Array }
  /** The peer does not speak this protocol (LCP Protocol-Reject). */
  | { readonly kind: 'protocol-rejected'; readonly protocol: number }
  /** `message`: the Message of the authenticator's verdict, as Latin-1 text from a peer. */
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
  /** CCP Reset-Request: the peer's decryption is out of step; our encryption resets (RFC 3078). */
  | { readonly kind: 'reset-requested' }
  /** CCP Reset-Ack to a Reset-Request of ours. */
  | { readonly kind: 'reset-acknowledged' }

export interface PppProtocol {
  /** PPP protocol number. */
  readonly protocol: number
  handle(event: PppEvent): readonly PppAction[]
}
