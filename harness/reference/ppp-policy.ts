import type { LinkAction } from '../ppp/link.ts'
import type { MppeStrength } from '../ppp/mppe-keys.ts'
import type { PppStep } from '../ppp/peer.ts'
import type { PppAction } from '../ppp/protocol.ts'

/** How the PPP peer of a call decides. */
export interface PppPolicy {
  /**
   * Returns the actions to take after a step of one protocol's machine.
   * @param link the number of the link.
   */
  afterStep(step: PppStep, link: number): readonly PppAction[]
  /** Returns the actions to take after a frame that the link ignored. */
  unheeded(frame: Uint8Array): readonly LinkAction[]
  /** Returns the random octets to use for a challenge or a Magic-Number. */
  drawn(octets: Uint8Array): Uint8Array
  /** Returns the secret by which it proves its identity; called when it does. */
  ownSecret(secret: string): string
  /** Whether a peer is let in that refuses to prove its identity. */
  isLoginOptional(): boolean
  /** The key sizes of MPPE, the preferred one first. */
  strengths(strengths: readonly MppeStrength[]): readonly MppeStrength[]
  /** Whether unencrypted datagrams are accepted although encryption is agreed. */
  takesClear(): boolean
  /** Whether datagrams are sent unencrypted although encryption is agreed. */
  sendsClear(): boolean
}

const NOTHING: readonly never[] = []

export const PPP_POLICY: PppPolicy = {
  afterStep: ({ actions }) => actions,
  unheeded: () => NOTHING,
  drawn: (octets) => octets,
  ownSecret: (secret) => secret,
  isLoginOptional: () => false,
  strengths: (strengths) => strengths,
  takesClear: () => false,
  sendsClear: () => false,
}
