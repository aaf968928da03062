import type { PppAccounts, PppProfile } from '../ppp/profile.ts'
import type { Configuration } from './configuration.ts'

/** Whom the reference's PPP lets in, and how it proves itself. */
export const REFERENCE_ACCOUNTS: PppAccounts = {
  name: 'tester',
  secret: 'secret-of-tester',
  own: { name: 'reference', secret: 'secret-of-reference' },
}

/** What each PPP profile changes in the reference's configuration. Usually LCP alone lives behind a call. */
export const PROFILE_CONFIGURATIONS: Readonly<Record<PppProfile | 'usual', Partial<Configuration>>> = {
  usual: {},
  open: {},
  encrypted: {},
}
