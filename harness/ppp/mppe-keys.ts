import { rc4, sha1 } from './digest.ts'
import { lmPasswordHash, ntPasswordHashHash } from './ms-chap.ts'

/** Where MPPE's keys come from (RFC 3079), and how they change (RFC 3078 section 7.3). */

/** Effective key length in bits. */
export type MppeStrength = 40 | 56 | 128

/**
 * What authentication leaves behind for encryption. One exchange gives the keys of both directions,
 * whoever sends.
 */
export type MppeCredentials =
  /** The exchange's NT-Response, 24 octets. */
  | { readonly method: 'ms-chap-v2'; readonly password: string; readonly ntResponse: Uint8Array }
  /** The exchange's challenge, 8 octets. */
  | { readonly method: 'ms-chap-v1'; readonly password: string; readonly challenge: Uint8Array }

/** The end that asked for authentication, or the one that proved who it is. */
export type MppeEnd = 'authenticator' | 'authenticated'

/**
 * The start key of each direction, which only key derivation uses, never encryption: 16 octets at
 * 128 bits, else 8.
 */
export interface MppeKeys {
  readonly send: Uint8Array
  readonly receive: Uint8Array
}

/**
 * The start keys. The other end's are the same, swapped (MS-CHAPv2) or equal (MS-CHAP, where one
 * key serves both directions).
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

/**
 * The first session key, made of the start key alone (RFC 3079 sections 2.1 to 2.3 and 3.1 to 3.3).
 */
export function firstSessionKey(startKey: Uint8Array, strength: MppeStrength): Uint8Array {
  return weaken(newKeyFromSha(startKey, startKey), strength)
}

/**
 * The session key after `sessionKey`: their digest encrypted under itself, and weakened to the
 * strength agreed (RFC 3078 section 7.3).
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
 * The digest of the start key and the current session key, as long as they are: GetNewKeyFromSHA
 * (RFC 3078 section 7.3).
 */
function newKeyFromSha(startKey: Uint8Array, sessionKey: Uint8Array): Uint8Array {
  return sha1(startKey, PAD_1, sessionKey, PAD_2).slice(0, startKey.length)
}

/** Octets of a key. */
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

/** What replaces the head of a key of 8 octets, so that only the strength agreed is left. */
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
 * RFC 3079 section 2: at 40 and 56 bits from the LAN Manager hash alone, at 128 from the NT hash
 * and the challenge.
 */
function startKeyV1(password: string, challenge: Uint8Array, strength: MppeStrength): Uint8Array {
  return strength === 128 ? challengedKey(password, challenge) : lmPasswordHash(password).slice(0, 8)
}

function challengedKey(password: string, challenge: Uint8Array): Uint8Array {
  const hash = ntPasswordHashHash(password)
  return sha1(hash, hash, challenge).slice(0, 16)
}

/** RFC 3079 section 3.4. */
function masterKey(password: string, ntResponse: Uint8Array): Uint8Array {
  return sha1(ntPasswordHashHash(password), ntResponse, MASTER).slice(0, 16)
}

/** RFC 3079 section 3.4, uncut. */
function startKeyV2(master: Uint8Array, direction: Uint8Array): Uint8Array {
  return sha1(master, PAD_1, direction, PAD_2)
}
