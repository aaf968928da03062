import type { LinkAction } from '../ppp/link.ts'
import type { MppeStrength } from '../ppp/mppe-keys.ts'
import type { PppStep } from '../ppp/peer.ts'
import type { PppAction } from '../ppp/protocol.ts'

/** How the PPP peer behind a call decides. */
export interface PppPolicy {
  /**
   * What follows from a step of one protocol's machine.
   * @param link names the link.
   */
  afterStep(step: PppStep, link: number): readonly PppAction[]
  /** What is done about a frame about which the link does nothing. */
  unheeded(frame: Uint8Array): readonly LinkAction[]
  /** Octets drawn for a challenge or a Magic-Number. */
  drawn(octets: Uint8Array): Uint8Array
  /** By which it proves itself; asked when it does. */
  ownSecret(secret: string): string
  /** Whether those are let in who refuse to prove themselves. */
  isLoginOptional(): boolean
  /** The key sizes of MPPE, the preferred one first. */
  strengths(strengths: readonly MppeStrength[]): readonly MppeStrength[]
  /** Whether datagrams in the clear are taken once encryption is agreed, and sent. */
  takesClear(): boolean
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
