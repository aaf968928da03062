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
  /** All others that are open. */
  readonly connections: number
  readonly limit: number
}

/** One of ours that is gone. */
export interface Lost {
  /** It is to be opened again when it was closed over an error. */
  readonly persists: boolean
  readonly wasBroken: boolean
  readonly isShuttingDown: boolean
}

/** What a start reply comes to (section 3.1.1). */
export type StartOutcome = 'accepted' | 'version-unsupported' | 'refused'

/** How a peer decides about control connections, and whose a packet is. */
export interface ConnectionPolicy {
  /** Why a connection is reset at once; undefined where it is kept. */
  refusalOfConnection(opened: Opened): string | undefined
  /** @param hasLost whether one that we opened before is gone. */
  mayConnect(hasLost: boolean): boolean
  opensAgain(lost: Lost): boolean
  destination(to: Address, call: CallParameters | undefined): Address
  supportsVersion(version: number): boolean
  /** The Protocol Version for the reply to a request that is accepted. */
  versionToUse(requested: number): number
  startOutcome(reply: ControlMessage<'Start-Control-Connection-Reply'>): StartOutcome
  winsCollision(local: string, peer: string): boolean
  /** Whether an Echo-Reply answers our request. */
  answersEcho(identifier: number, awaited: number | undefined): boolean
  followUp(next: FollowUp): FollowUp
  /** The session that a packet belongs to. */
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
