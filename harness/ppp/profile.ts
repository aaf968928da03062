import type { Account } from './authentication.ts'
import type { MppeStrength } from './mppe-keys.ts'

/** Sizes of MPPE's session keys, in bits. */
export const MPPE_STRENGTHS: readonly MppeStrength[] = [40, 56, 128]

/**
 * What a PPP peer demands of the other, where it can be told. `open`: some authentication,
 * whichever of those it knows the other prefers, and no encryption. `encrypted`: MS-CHAPv2, or
 * MS-CHAP where the other prefers it and it is claimed, and MPPE of any strength and mode that it
 * knows.
 */
export const PPP_PROFILES = ['open', 'encrypted'] as const
export type PppProfile = (typeof PPP_PROFILES)[number]

/** Accounts of an implementation: its peer's, which it lets in, and its own. */
export interface PppAccounts extends Account {
  /** By which it proves itself to a peer that asks; absent where it does not. */
  readonly own?: Account | undefined
}
