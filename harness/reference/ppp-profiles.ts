import { AUTHENTICATION_METHODS } from '../ppp/authentication.ts'
import type { PppAccounts } from '../ppp/profile.ts'
import type { PppSettings } from './ppp-settings.ts'

/** The account that the reference's PPP accepts, and its own. */
export const REFERENCE_ACCOUNTS: PppAccounts = {
  name: 'tester',
  secret: 'secret-of-tester',
  own: { name: 'reference', secret: 'secret-of-reference' },
}

// Addresses of the range for benchmarks (RFC 2544), as the containers use them.
const ADDRESSES = { address: '198.18.0.1', firstAddress: '198.18.1.1' }

/**
 * The default settings: MS-CHAPv2, or MS-CHAP if the peer prefers it, and MPPE of any strength and
 * mode that the peer asks for.
 */
export const ENCRYPTED_PPP: PppSettings = {
  accounts: REFERENCE_ACCOUNTS,
  methods: ['ms-chap-v2', 'ms-chap-v1'],
  encryption: { strengths: [128, 56, 40], stateless: 'allowed', required: true },
  ...ADDRESSES,
}

/** Authentication by any method, and no encryption. */
export const OPEN_PPP: PppSettings = {
  accounts: REFERENCE_ACCOUNTS,
  methods: AUTHENTICATION_METHODS,
  ...ADDRESSES,
}
