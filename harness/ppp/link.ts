import type { PppNotice } from './protocol.ts'

/** What a link wants done. Timers have names of the link's own. */
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
       * Of LCP: the Async-Control-Character-Map that the peer asked for and got (RFC 1662, section
       * 7.1); absent where it asked for none.
       */
      readonly peersMap?: number
    }
  | { readonly kind: 'notice'; readonly notice: PppNotice }
  /**
   * Datagrams may be sent from now on. The addresses are dotted IPv4, undefined where there is
   * none.
   */
  | {
      readonly kind: 'network-up'
      readonly address: string | undefined
      readonly peersAddress: string | undefined
    }
  /** They may not any more. */
  | { readonly kind: 'network-down' }
  /** An IPv4 packet came, decrypted where need be. */
  | { readonly kind: 'datagram'; readonly octets: Uint8Array }
  /** LCP is finished: the link is over. */
  | { readonly kind: 'finished' }

/** One end of a PPP link: frames in, frames out. Pure. */
export interface PppLink {
  open(): readonly LinkAction[]
  receive(frame: Uint8Array): readonly LinkAction[]
  timer(timer: string): readonly LinkAction[]
  /** Sends an IPv4 packet, encrypted where that was agreed; nothing where the network is not up. */
  sendDatagram(octets: Uint8Array): readonly LinkAction[]
  /** Asks the peer to terminate. */
  close(): readonly LinkAction[]
}
