/**
 * The events that a reference peer takes, and the actions that it returns. It does no I/O and has
 * no clock: every event carries its time.
 */

/** Names a TCP connection; the program that runs the machine chooses it. */
export type ConnectionId = string

export interface Address {
  /** Dotted IPv4. */
  readonly address: string
  readonly port: number
}

/** What to do once a control connection that we opened is established. */
export type FollowUp = 'nothing' | 'outgoing-call' | 'incoming-call'

/** Parameters of one call that replace those of the configuration. */
export interface CallParameters {
  readonly phoneNumber?: string
  /** Our Packet Recv. Window Size, in packets. */
  readonly window?: number
  /** The secret by which our PPP proves its identity. */
  readonly secret?: string
}

/** Local commands, as of an administrator, a telephone line or a user who dials. */
export type Command =
  /**
   * Open a control connection (section 3.1.1). An outgoing call uses a connection of ours that is
   * established already, if there is one. `persist`: open it again if it was closed because of an
   * error (section 3).
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
  /** End all control connections and accept no more. */
  | { readonly name: 'shut-down' }

/** An event for a reference peer; `now` is its time in ms. */
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
  /** The peer's FIN came. */
  | { readonly kind: 'tcp-ended'; readonly connection: ConnectionId }
  /** The connection is gone, by FIN of both ends or by RST. */
  | { readonly kind: 'tcp-closed'; readonly connection: ConnectionId }
  /** A GRE packet from its GRE header on. */
  | { readonly kind: 'gre'; readonly from: string; readonly octets: Uint8Array }
  | { readonly kind: 'timer'; readonly id: string }
  | { readonly kind: 'command'; readonly command: Command }
)

export type ReferenceAction =
  /**
   * Open a TCP connection. `tcp-opened` or `connect-failed` answers with the same number. An
   * attempt that persists connects again with its number.
   */
  | { readonly kind: 'connect'; readonly attempt: number; readonly to: Address }
  /** The attempt is over: its connection is gone or could not be opened. */
  | { readonly kind: 'attempt-over'; readonly attempt: number; readonly why: string }
  | { readonly kind: 'send'; readonly connection: ConnectionId; readonly octets: Uint8Array }
  /** Send FIN after all octets. */
  | { readonly kind: 'end'; readonly connection: ConnectionId }
  | { readonly kind: 'reset'; readonly connection: ConnectionId }
  /** Accept no more connections; only a mutant does so. */
  | { readonly kind: 'stop-listening' }
  /** Starts a timer, or starts it again. */
  | { readonly kind: 'set-timer'; readonly id: string; readonly ms: number }
  | { readonly kind: 'cancel-timer'; readonly id: string }
  | { readonly kind: 'send-gre'; readonly to: string; readonly octets: Uint8Array }
  /** The PPP of a call carries datagrams from now on. Addresses are dotted IPv4. */
  | {
      readonly kind: 'link-up'
      readonly callId: number
      readonly address: string | undefined
      readonly peersAddress: string | undefined
    }
  /** The PPP of a call carries no datagrams any more. */
  | { readonly kind: 'link-down'; readonly callId: number }
  /** An IPv4 packet came in a call. */
  | { readonly kind: 'datagram'; readonly callId: number; readonly octets: Uint8Array }
  | { readonly kind: 'log'; readonly text: string }
