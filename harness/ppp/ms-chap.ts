import { concat, toHex } from '../protocol/octets.ts'
import { desEncrypt, md4, md5, sha1 } from './digest.ts'

/** The computations of CHAP with MD5 (RFC 1994), MS-CHAP (RFC 2433) and MS-CHAPv2 (RFC 2759). */

/** The values of an MS-CHAPv2 exchange that both ends know after the Response. */
export interface MsChapV2Exchange {
  /** 16 octets, from the Challenge. */
  readonly authenticatorChallenge: Uint8Array
  /** 16 octets, from the Response. */
  readonly peerChallenge: Uint8Array
  /** The Response's Name field as Latin-1 text; a Windows domain before a backslash is ignored. */
  readonly userName: string
  readonly password: string
}

/**
 * Computes the Value of a CHAP Response with MD5: 16 octets (RFC 1994 section 4.1). A secret given
 * as text is Latin-1.
 */
export function chapMd5(identifier: number, secret: Uint8Array | string, challenge: Uint8Array): Uint8Array {
  const known = typeof secret === 'string' ? latin1(secret) : secret
  return md5(Uint8Array.of(identifier & 0xff), known, challenge)
}

/** MD4 of the password in UTF-16, low octet first: 16 octets (RFC 2759 section 8.3). */
export function ntPasswordHash(password: string): Uint8Array {
  return md4(utf16(password))
}

/** MD4 of `ntPasswordHash`: 16 octets (RFC 2759 section 8.4). */
export function ntPasswordHashHash(password: string): Uint8Array {
  return md4(ntPasswordHash(password))
}

/**
 * Computes the LAN Manager hash: 16 octets (RFC 2433 section A.2). The response made of it must not
 * be sent any more (section 5), but the 40-bit and 56-bit keys of MS-CHAP need it. Characters that
 * are not Latin-1 become question marks.
 */
export function lmPasswordHash(password: string): Uint8Array {
  const known = latin1('KGS!@#$%')
  const padded = new Uint8Array(14)
  padded.set(latin1(password.toUpperCase()).subarray(0, padded.length))
  return concat(desEncrypt(known, padded.subarray(0, 7)), desEncrypt(known, padded.subarray(7)))
}

/**
 * Encrypts a challenge of 8 octets under each of the three parts of a password hash of 16 octets:
 * 24 octets (RFC 2759 section 8.5).
 * @throws RangeError when the challenge has another size.
 */
function challengeResponse(challenge: Uint8Array, passwordHash: Uint8Array): Uint8Array {
  const key = new Uint8Array(21)
  key.set(passwordHash.subarray(0, 16))
  return concat(...[0, 7, 14].map((at) => desEncrypt(challenge, key.subarray(at, at + 7))))
}

/** Computes the NT response of MS-CHAP to 8 octets of challenge: 24 octets (RFC 2433 A.5). */
export function msChapV1Response(challenge: Uint8Array, password: string): Uint8Array {
  return challengeResponse(challenge, ntPasswordHash(password))
}

/** Computes ChallengeHash of both challenges and the user: 8 octets (RFC 2759 section 8.2). */
export function challengeHash(
  peerChallenge: Uint8Array,
  authenticatorChallenge: Uint8Array,
  userName: string,
): Uint8Array {
  return sha1(peerChallenge, authenticatorChallenge, latin1(withoutDomain(userName))).slice(0, 8)
}

/** Computes the NT-Response of MS-CHAPv2: 24 octets (RFC 2759 section 8.1). */
export function ntResponse(exchange: MsChapV2Exchange): Uint8Array {
  const { peerChallenge, authenticatorChallenge, userName, password } = exchange
  return challengeResponse(
    challengeHash(peerChallenge, authenticatorChallenge, userName),
    ntPasswordHash(password),
  )
}

/**
 * Computes the authenticator's proof that it knows the password, too: `S=` and 40 hexadecimal
 * digits (RFC 2759 section 8.7).
 */
export function authenticatorResponse(
  exchange: MsChapV2Exchange & { readonly ntResponse: Uint8Array },
): string {
  const { peerChallenge, authenticatorChallenge, userName, password } = exchange
  const digest = sha1(
    ntPasswordHashHash(password),
    exchange.ntResponse,
    latin1('Magic server to client signing constant'),
  )
  const challenge = challengeHash(peerChallenge, authenticatorChallenge, userName)
  const proof = sha1(digest, challenge, latin1('Pad to make it do more than one iteration'))
  return `S=${toHex(proof).toUpperCase()}`
}

function withoutDomain(userName: string): string {
  return userName.slice(userName.lastIndexOf('\\') + 1)
}

function utf16(text: string): Uint8Array {
  return Uint8Array.from({ length: 2 * text.length }, (_, at) => text.charCodeAt(at >> 1) >> (8 * (at & 1)))
}

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => {
    const code = character.charCodeAt(0)
    return code < 0x100 ? code : 0x3f
  })
}
