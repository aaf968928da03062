import { rc4, sha1 } from './digest.ts'
import { lmPasswordHash, ntPasswordHashHash } from './ms-chap.ts'

/** Derivation of MPPE's keys (RFC 3079), and their changes (RFC 3078 section 7.3). */

/** Effective key length in bits. */
export type MppeStrength = 40 | 56 | 128

/**
 * The results of authentication from which the keys are derived. One exchange yields the keys of
 * both directions.
 */
export type MppeCredentials =
  /** The exchange's NT-Response, 24 octets. */
  | { readonly method: 'ms-chap-v2'; readonly password: string; readonly ntResponse: Uint8Array }
  /** The exchange's challenge, 8 octets. */
  | { readonly method: 'ms-chap-v1'; readonly password: string; readonly challenge: Uint8Array }

/** The end that checked the other's identity, or the end that proved its own. */
export type MppeEnd = 'authenticator' | 'authenticated'

/**
 * The start key of each direction: 16 octets at 128 bits, 8 at 40 and 56. Session keys are derived
 * from it; it encrypts nothing itself.
 */
export interface MppeKeys {
  readonly send: Uint8Array
  readonly receive: Uint8Array
}

/**
 * Derives the start keys of one end. With MS-CHAPv2 the other end has the same two keys with the
 * directions swapped; with MS-CHAP one key serves both directions.
 */
export function mppeStartKeys(credentials: MppeCredentials, strength: MppeStrength, end: MppeEnd): MppeKeys {
  const size = mppeKeySize(strength)
  if (credentials.method === 'ms-chap-v1') {
    const key = startKeyV1(credentials.password, credentials.challenge, strength)
    return { send: key, receive: key.slice() }
  }
  const master = masterKey(credentials.password, credentials.ntResponse)
  const fromAuthenticated = startKeyV2(master, FROM_AUTHENTICATED).slice(0, size)
  const fromAuthenticator = startKeyV2(master, FROM_AUTHENTICATOR).slice(0, size)
  return end === 'authenticator'
    ? { send: fromAuthenticator, receive: fromAuthenticated }
    : { send: fromAuthenticated, receive: fromAuthenticator }
}

/** Derives the first session key from the start key (RFC 3079 sections 2.1-2.3, 3.1-3.3). */
export function firstSessionKey(startKey: Uint8Array, strength: MppeStrength): Uint8Array {
  return weaken(newKeyFromSha(startKey, startKey), strength)
}

/**
 * Derives the session key after `sessionKey` (RFC 3078 section 7.3): the digest of both keys is
 * encrypted with RC4 under itself, and weakened to the strength agreed.
 */
export function nextSessionKey(
  startKey: Uint8Array,
  sessionKey: Uint8Array,
  strength: MppeStrength,
): Uint8Array {
  const interim = newKeyFromSha(startKey, sessionKey)
  return weaken(rc4(interim)(interim), strength)
}

/**
 * Computes GetNewKeyFromSHA (RFC 3078 section 7.3): the digest of the start key and the current
 * session key, cut to their length.
 */
function newKeyFromSha(startKey: Uint8Array, sessionKey: Uint8Array): Uint8Array {
  return sha1(startKey, PAD_1, sessionKey, PAD_2).slice(0, startKey.length)
}

/** Returns the size of a key in octets. */
export function mppeKeySize(strength: MppeStrength): 8 | 16 {
  return strength === 128 ? 16 : 8
}

const PAD_1 = new Uint8Array(40)
const PAD_2 = new Uint8Array(40).fill(0xf2)

const ascii = (text: string) => new TextEncoder().encode(text)
// The RFC's names for the directions: the client side is the authenticated end, the server side the
// authenticator.
const MASTER = ascii('This is the MPPE Master Key')
const FROM_AUTHENTICATED = ascii(
  'On the client side, this is the send key; on the server side, it is the receive key.',
)
const FROM_AUTHENTICATOR = ascii(
  'On the client side, this is the receive key; on the server side, it is the send key.',
)

/** Fixed octets that replace the first ones of a key, so that only the strength agreed is left. */
const WEAK_HEAD: Readonly<Record<MppeStrength, readonly number[]>> = {
  40: [0xd1, 0x26, 0x9e],
  56: [0xd1],
  128: [],
}

function weaken(key: Uint8Array, strength: MppeStrength): Uint8Array {
  const weak = key.slice()
  weak.set(WEAK_HEAD[strength])
  return weak
}

/**
 * Derives the start key of MS-CHAP (RFC 3079 section 2): at 40 and 56 bits from the LAN Manager
 * hash, at 128 bits from the NT hash and the challenge.
 */
function startKeyV1(password: string, challenge: Uint8Array, strength: MppeStrength): Uint8Array {
  return strength === 128 ? challengedKey(password, challenge) : lmPasswordHash(password).slice(0, 8)
}

function challengedKey(password: string, challenge: Uint8Array): Uint8Array {
  const hash = ntPasswordHashHash(password)
  return sha1(hash, hash, challenge).slice(0, 16)
}

/** Computes the master key of MS-CHAPv2 (RFC 3079 section 3.4). */
function masterKey(password: string, ntResponse: Uint8Array): Uint8Array {
  return sha1(ntPasswordHashHash(password), ntResponse, MASTER).slice(0, 16)
}

/** Computes a start key of MS-CHAPv2 (RFC 3079 section 3.4), not yet cut to its size. */
function startKeyV2(master: Uint8Array, direction: Uint8Array): Uint8Array {
  return sha1(master, PAD_1, direction, PAD_2)
}
