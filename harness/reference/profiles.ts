import type { PppProfile } from '../ppp/profile.ts'
import type { Configuration } from './configuration.ts'
import { ENCRYPTED_PPP, OPEN_PPP } from './ppp-profiles.ts'

export { REFERENCE_ACCOUNTS } from './ppp-profiles.ts'

/** The changes of each PPP profile to the reference's configuration. */
export const PROFILE_CONFIGURATIONS: Readonly<Record<PppProfile | 'usual', Partial<Configuration>>> = {
  usual: {},
  open: { ppp: OPEN_PPP },
  encrypted: { ppp: ENCRYPTED_PPP },
}
