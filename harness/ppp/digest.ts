import { DES, ECB, NoPadding, RC4Algo, WordArray } from 'crypto-es'
import { createMD4, createMD5, createSHA1 } from 'hash-wasm'
import { concat } from '../protocol/octets.ts'

/**
 * The digests and ciphers of PPP's authentication and encryption. Node's own crypto cannot serve:
 * pure rooms import no `node:` module, and with OpenSSL 3 it has neither MD4, DES nor RC4. Only
 * this file imports the libraries that do it.
 */

// Compiled once, when the module is loaded; after that, every digest is synchronous.
const [md4Hasher, md5Hasher, sha1Hasher] = await Promise.all([createMD4(), createMD5(), createSHA1()])

/** MD4 of the parts joined: 16 octets (RFC 1320). */
export function md4(...parts: readonly Uint8Array[]): Uint8Array {
  return digest(md4Hasher, parts)
}

/** MD5 of the parts joined: 16 octets (RFC 1321). */
export function md5(...parts: readonly Uint8Array[]): Uint8Array {
  return digest(md5Hasher, parts)
}

/** SHA-1 of the parts joined: 20 octets. */
export function sha1(...parts: readonly Uint8Array[]): Uint8Array {
  return digest(sha1Hasher, parts)
}

/**
 * Encrypts one block of 8 octets with DES under a key of 7 octets, without parity bits (RFC 2759
 * section 8.6).
 * @throws RangeError when the block or the key has another size.
 */
export function desEncrypt(block: Uint8Array, key: Uint8Array): Uint8Array {
  if (block.length !== 8 || key.length !== 7)
    throw new RangeError('DES takes a block of 8 and a key of 7 octets')
  const { ciphertext } = DES.encrypt(words(block), words(desKey(key)), { mode: ECB, padding: NoPadding })
  if (ciphertext === undefined) throw new Error('DES gave no ciphertext')
  return octetsOf(ciphertext)
}

/**
 * Spreads a key of 7 octets over 8: seven bits in each, and odd parity in the lowest bit (RFC 2759
 * section 9.3).
 */
export function desKey(key: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: 8 }, (_, at) => {
    const pair = ((key[at - 1] ?? 0) << 8) | (key[at] ?? 0)
    const seven = (pair >> at) & 0xfe
    return seven | (ones(seven) % 2 === 0 ? 1 : 0)
  })
}

/**
 * Starts an RC4 key stream. The function returned both encrypts and decrypts; each call continues
 * the key stream where the last one ended.
 * @throws RangeError when the key is empty.
 */
export function rc4(key: Uint8Array): (octets: Uint8Array) => Uint8Array {
  if (key.length === 0) throw new RangeError('RC4 needs a key')
  const cipher = RC4Algo.createEncryptor(words(key))
  // The library makes four octets of key stream at a time; spare ones are kept for the next call.
  let spare: Uint8Array = new Uint8Array(0)
  return (octets) => {
    const lacking = Math.max(0, octets.length - spare.length)
    const zeros = new Uint8Array(4 * Math.ceil(lacking / 4))
    const keyStream = concat(spare, octetsOf(cipher.process(words(zeros))))
    spare = keyStream.slice(octets.length)
    const result = new Uint8Array(octets.length)
    for (let at = 0; at < result.length; at++) result[at] = (octets[at] ?? 0) ^ (keyStream[at] ?? 0)
    return result
  }
}

function digest(hasher: typeof md4Hasher, parts: readonly Uint8Array[]): Uint8Array {
  hasher.init()
  for (const part of parts) hasher.update(part)
  return hasher.digest('binary')
}

function words(octets: Uint8Array): WordArray {
  return WordArray.create(octets)
}

function octetsOf({ words, sigBytes }: WordArray): Uint8Array {
  // A loop, here and in `rc4`: both run for every encrypted packet, and callbacks took most of the
  // time.
  const octets = new Uint8Array(sigBytes)
  for (let at = 0; at < sigBytes; at++) octets[at] = (words[at >> 2] ?? 0) >>> (24 - 8 * (at & 3))
  return octets
}

function ones(octet: number): number {
  return octet === 0 ? 0 : (octet & 1) + ones(octet >> 1)
}
