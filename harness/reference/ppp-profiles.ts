import { AUTHENTICATION_METHODS } from '../ppp/authentication.ts'
import type { PppAccounts } from '../ppp/profile.ts'
import type { PppSettings } from './ppp-settings.ts'

/** Whom the reference's PPP lets in, and how it proves itself. */
export const REFERENCE_ACCOUNTS: PppAccounts = {
  name: 'tester',
  secret: 'secret-of-tester',
  own: { name: 'reference', secret: 'secret-of-reference' },
}

// The range for benchmarks (RFC 2544), as in the containers.
const ADDRESSES = { address: '198.18.0.1', firstAddress: '198.18.1.1' }

/**
 * MS-CHAPv2, or its predecessor where the peer prefers it, and MPPE of whatever strength and mode
 * the peer asks for. What a reference demands unless told otherwise.
 */
export const ENCRYPTED_PPP: PppSettings = {
  accounts: REFERENCE_ACCOUNTS,
  methods: ['ms-chap-v2', 'ms-chap-v1'],
  encryption: { strengths: [128, 56, 40], stateless: 'allowed', required: true },
  ...ADDRESSES,
}

/** Any way to prove who one is, and no encryption. */
export const OPEN_PPP: PppSettings = {
  accounts: REFERENCE_ACCOUNTS,
  methods: AUTHENTICATION_METHODS,
  ...ADDRESSES,
}
