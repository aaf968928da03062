import type { AuthenticationMethod } from '../ppp/authentication.ts'
import type { EncryptionPolicy } from '../ppp/encryption.ts'
import type { PppAccounts } from '../ppp/profile.ts'

/** What lives behind calls: one PPP peer each. */
export interface PppSettings {
  /** Whom it lets in, and how it proves itself. */
  readonly accounts: PppAccounts
  /** How a caller may prove who it is, the first asked for; none: it need not. */
  readonly methods: readonly AuthenticationMethod[]
  /** Absent: CCP is not spoken. */
  readonly encryption?: EncryptionPolicy | undefined
  /** It says nothing before it is spoken to: in any call, or in those that it has answered. */
  readonly silent?: boolean | 'answering' | undefined
  /**
   * Its own address, and the first that it hands out; later ones count up in the last octet. Dotted
   * IPv4.
   */
  readonly address: string
  readonly firstAddress: string
}
