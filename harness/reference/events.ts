/**
 * What a reference peer is told and what it asks for. It does no I/O and owns no clock: time comes
 * with every event.
 */

/** Names a TCP connection; given by whoever hosts the machine. */
export type ConnectionId = string

export interface Address {
  /** Dotted IPv4. */
  readonly address: string
  readonly port: number
}

/** What to do once a control connection that we opened is established. */
export type FollowUp = 'nothing' | 'outgoing-call' | 'incoming-call'

/** Parameters of a call in place of those of the configuration. */
export interface CallParameters {
  readonly phoneNumber?: string
  /** Packet Recv. Window Size to announce, and to keep to. */
  readonly window?: number
  /** By which its PPP peer proves itself. */
  readonly secret?: string
}

/** Local commands: what an administrator, a telephone line or a dialling user would cause. */
export type Command =
  /**
   * Open a control connection (section 3.1.1); for an outgoing call one that is established already
   * serves as well. `persist`: open another one when it was closed over an error (section 3).
   */
  | {
      readonly name: 'start'
      readonly to: Address
      readonly next?: FollowUp
      readonly call?: CallParameters
      readonly persist?: boolean
    }
  /**
   * As PNS: request an outgoing call on an established connection to that address (section
   * 3.2.4.2).
   */
  | { readonly name: 'place-call'; readonly address: string }
  /** As PAC: a line rings; offer it as an incoming call (section 3.2.3.1). */
  | { readonly name: 'ring'; readonly address: string }
  /** End the call with this Call ID of ours. */
  | { readonly name: 'clear-call'; readonly callId: number }
  /**
   * End the calls on the control connections that we opened to that address, and then these
   * connections.
   */
  | { readonly name: 'hang-up'; readonly address: string }
  /** End the control connections with that address (Stop-Control-Connection-Request). */
  | { readonly name: 'stop'; readonly address: string }
  /** Send an IPv4 packet in the call with this Call ID of ours. */
  | { readonly name: 'send-datagram'; readonly callId: number; readonly octets: Uint8Array }
  /** End all of them and accept no more. */
  | { readonly name: 'shut-down' }

export type ReferenceEvent = { readonly now: number } & (
  | {
      readonly kind: 'tcp-opened'
      readonly connection: ConnectionId
      readonly local: Address
      readonly remote: Address
      readonly by: 'us' | 'peer'
      /** For `by: 'us'`: which `connect` action this answers. */
      readonly attempt?: number
    }
  | { readonly kind: 'connect-failed'; readonly attempt: number; readonly detail: string }
  | { readonly kind: 'tcp-octets'; readonly connection: ConnectionId; readonly octets: Uint8Array }
  /** FIN. */
  | { readonly kind: 'tcp-ended'; readonly connection: ConnectionId }
  /** The connection is gone, in good order or not. */
  | { readonly kind: 'tcp-closed'; readonly connection: ConnectionId }
  /** A GRE packet from its GRE header on. */
  | { readonly kind: 'gre'; readonly from: string; readonly octets: Uint8Array }
  | { readonly kind: 'timer'; readonly id: string }
  | { readonly kind: 'command'; readonly command: Command }
)

export type ReferenceAction =
  /**
   * Answered by `tcp-opened` or `connect-failed` with the same number. One that persists asks again
   * with it.
   */
  | { readonly kind: 'connect'; readonly attempt: number; readonly to: Address }
  /** Nothing more comes of that attempt: its connection is gone, or there was none. */
  | { readonly kind: 'attempt-over'; readonly attempt: number; readonly why: string }
  | { readonly kind: 'send'; readonly connection: ConnectionId; readonly octets: Uint8Array }
  /** FIN after what was sent. */
  | { readonly kind: 'end'; readonly connection: ConnectionId }
  | { readonly kind: 'reset'; readonly connection: ConnectionId }
  /** Only a mutant does that: accepts no more connections. */
  | { readonly kind: 'stop-listening' }
  /** Starts a timer, or starts it again. */
  | { readonly kind: 'set-timer'; readonly id: string; readonly ms: number }
  | { readonly kind: 'cancel-timer'; readonly id: string }
  | { readonly kind: 'send-gre'; readonly to: string; readonly octets: Uint8Array }
  /** PPP of a call may carry datagrams from now on. The addresses are dotted IPv4. */
  | {
      readonly kind: 'link-up'
      readonly callId: number
      readonly address: string | undefined
      readonly peersAddress: string | undefined
    }
  /** It may not any more. */
  | { readonly kind: 'link-down'; readonly callId: number }
  /** An IPv4 packet came in a call. */
  | { readonly kind: 'datagram'; readonly callId: number; readonly octets: Uint8Array }
  | { readonly kind: 'log'; readonly text: string }
