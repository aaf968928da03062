import type { AuthenticationMethod } from '../ppp/authentication.ts'
import type { EncryptionPolicy } from '../ppp/encryption.ts'
import type { PppAccounts } from '../ppp/profile.ts'

/** The settings of the PPP peers; each call has one. */
export interface PppSettings {
  /** The account that it accepts, and its own. */
  readonly accounts: PppAccounts
  /**
   * The methods by which a caller may prove its identity; the first is asked for. Empty: it need
   * not prove it.
   */
  readonly methods: readonly AuthenticationMethod[]
  /** Absent: CCP is not spoken. */
  readonly encryption?: EncryptionPolicy | undefined
  /**
   * Sends nothing before the peer's first frame: `true` in every call, `answering` in those that it
   * answered.
   */
  readonly silent?: boolean | 'answering' | undefined
  /** Its own address, dotted IPv4. */
  readonly address: string
  /** The first address that it assigns, dotted IPv4; later ones count up in the last octet. */
  readonly firstAddress: string
}
