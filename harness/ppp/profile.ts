import type { Account } from './authentication.ts'
import type { MppeStrength } from './mppe-keys.ts'

/** Sizes of MPPE's session keys, in bits. */
export const MPPE_STRENGTHS: readonly MppeStrength[] = [40, 56, 128]

/**
 * What an implementation's PPP is configured to demand of its peer. `open`: authentication by any
 * method that it knows, and no encryption. `encrypted`: MS-CHAPv2, or MS-CHAP if the peer prefers
 * it and the PICS claim it, and MPPE of any strength and mode that it knows.
 */
export const PPP_PROFILES = ['open', 'encrypted'] as const
export type PppProfile = (typeof PPP_PROFILES)[number]

/** The accounts of an implementation: the peer's, which it accepts, and its own. */
export interface PppAccounts extends Account {
  /** The account by which it proves its own identity; absent where it cannot. */
  readonly own?: Account | undefined
}
