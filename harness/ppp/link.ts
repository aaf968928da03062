import type { PppNotice } from './protocol.ts'

/** What a link asks its owner to do, or reports. Its owner keeps timers by the link's names. */
export type LinkAction =
  | { readonly kind: 'send'; readonly frame: Uint8Array }
  /** Starts a timer, or starts it again. */
  | { readonly kind: 'set-timer'; readonly timer: string; readonly ms: number }
  | { readonly kind: 'cancel-timer'; readonly timer: string }
  /** A protocol of the link reached its opened state. */
  | {
      readonly kind: 'opened'
      readonly protocol: number
      /**
       * Only of LCP: the Async-Control-Character-Map that the peer asked for and we acknowledged
       * (RFC 1662 section 7.1); absent where it asked for none.
       */
      readonly peersMap?: number
    }
  | { readonly kind: 'notice'; readonly notice: PppNotice }
  /**
   * Datagrams may be sent from now on. Addresses are dotted IPv4; undefined where none was agreed.
   */
  | {
      readonly kind: 'network-up'
      readonly address: string | undefined
      readonly peersAddress: string | undefined
    }
  /** Datagrams may not be sent any more. */
  | { readonly kind: 'network-down' }
  /** An IPv4 packet came; it is decrypted here if it was encrypted. */
  | { readonly kind: 'datagram'; readonly octets: Uint8Array }
  /** LCP is finished: the link is over. */
  | { readonly kind: 'finished' }

/** One end of a PPP link: frames in, frames out. Pure. */
export interface PppLink {
  open(): readonly LinkAction[]
  receive(frame: Uint8Array): readonly LinkAction[]
  timer(timer: string): readonly LinkAction[]
  /** Sends an IPv4 packet, encrypted if that was agreed. Does nothing while the network is down. */
  sendDatagram(octets: Uint8Array): readonly LinkAction[]
  /** Asks the peer to terminate. */
  close(): readonly LinkAction[]
}
