import type { GrePacket } from '../protocol/gre.ts'
import { type ControlMessage, PROTOCOL_VERSION } from '../protocol/messages.ts'
import type { RegisteredTunnel } from './call-model.ts'
import type { Address, CallParameters, FollowUp } from './events.ts'
import { addressNumber } from './peers.ts'

/** A TCP connection that was just opened. */
export interface Opened {
  readonly by: 'us' | 'peer'
  readonly remote: Address
  readonly isShuttingDown: boolean
  /** How many other connections are open. */
  readonly connections: number
  /** How many may be open at the same time. */
  readonly limit: number
}

/** A TCP connection that we opened and that is gone. */
export interface Lost {
  /** Whether it is to be opened again if it was closed because of an error. */
  readonly persists: boolean
  /** Whether it was closed because of an error. */
  readonly wasBroken: boolean
  readonly isShuttingDown: boolean
}

/** What a start reply means to the originator (section 3.1.1). */
export type StartOutcome = 'accepted' | 'version-unsupported' | 'refused'

/** How a peer decides about control connections, and to which call a packet belongs. */
export interface ConnectionPolicy {
  /** Returns why a connection is reset at once; undefined where it is kept. */
  refusalOfConnection(opened: Opened): string | undefined
  /**
   * Whether a connection may be opened.
   * @param hasLost whether an earlier one of ours is gone.
   */
  mayConnect(hasLost: boolean): boolean
  opensAgain(lost: Lost): boolean
  destination(to: Address, call: CallParameters | undefined): Address
  supportsVersion(version: number): boolean
  /** Returns the Protocol Version for the reply to a start request that is accepted. */
  versionToUse(requested: number): number
  startOutcome(reply: ControlMessage<'Start-Control-Connection-Reply'>): StartOutcome
  winsCollision(local: string, peer: string): boolean
  /** Whether an Echo-Reply answers our request. */
  answersEcho(identifier: number, awaited: number | undefined): boolean
  followUp(next: FollowUp): FollowUp
  /** Finds the tunnel to which a packet belongs. */
  tunnelFor(packet: GrePacket, ends: readonly RegisteredTunnel[]): RegisteredTunnel | undefined
  isFromPeer(from: string, end: RegisteredTunnel): boolean
}

export const CONNECTION_POLICY: ConnectionPolicy = {
  refusalOfConnection({ isShuttingDown, connections, limit }) {
    if (isShuttingDown) return 'shutting down'
    return connections >= limit ? 'too many' : undefined
  },
  mayConnect: () => true,
  opensAgain: ({ persists, wasBroken, isShuttingDown }) => persists && wasBroken && !isShuttingDown,
  destination: (to) => to,
  // Versions compare as 16-bit numbers (interpretation A-19).
  supportsVersion: (version) => version >= PROTOCOL_VERSION,
  versionToUse: () => PROTOCOL_VERSION,
  startOutcome({ resultCode, protocolVersion }) {
    if (resultCode !== 1) return 'refused'
    return protocolVersion === PROTOCOL_VERSION ? 'accepted' : 'version-unsupported'
  },
  // Section 3.1.3.
  winsCollision: (local, peer) => addressNumber(local) > addressNumber(peer),
  answersEcho: (identifier, awaited) => identifier === awaited,
  followUp: (next) => next,
  tunnelFor: ({ callId }, ends) => ends.find((end) => end.callId === callId),
  isFromPeer: (from, end) => end.peer === from,
}
