import { createDecipheriv, createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromHex, toHex } from '../protocol/octets.ts'
import { desEncrypt, desKey, md4, md5, rc4, sha1 } from './digest.ts'

const ascii = (text: string) => new TextEncoder().encode(text)

test.each([
  ['', '31d6cfe0d16ae931b73c59d7e0c089c0'],
  ['abc', 'a448017aaf21d8525fc10ae87aa6729d'],
  ['message digest', 'd9130a8164549fe818874806e1c7014b'],
])('MD4 of %j (RFC 1320 section A.5)', (text, digest) => {
  expect(toHex(md4(ascii(text)))).toBe(digest)
})

test('MD5 and SHA-1 of parts equal those of the whole, and those of Node', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
      const node = (algorithm: string) => createHash(algorithm).update(a).update(b).digest('hex')
      expect(toHex(md5(a, b))).toBe(node('md5'))
      expect(toHex(sha1(a, b))).toBe(node('sha1'))
    }),
  )
})

test.each([
  ['fc156af7edcd6c', 'fd0b5b5e7f6e34d9'],
  ['0edde3337d427f', '0e6e796737ea08fe'],
])('the DES key of %s has parity (RFC 2759 section 9.3)', (key, whole) => {
  expect(toHex(desKey(fromHex(key)))).toBe(whole)
})

test('Node decrypts DES, as triple DES with three equal keys', () => {
  const of = (size: number) => fc.uint8Array({ minLength: size, maxLength: size })
  fc.assert(
    fc.property(of(8), of(7), (block, key) => {
      const node = createDecipheriv(
        'des-ede3-ecb',
        Buffer.from([1, 2, 3].flatMap(() => [...desKey(key)])),
        null,
      )
      node.setAutoPadding(false)
      expect(new Uint8Array(node.update(desEncrypt(block, key)))).toEqual(block)
    }),
  )
})

test('RC4 encrypts (a well-known vector)', () => {
  expect(toHex(rc4(ascii('Key'))(ascii('Plaintext')))).toBe('bbf316e8d940af0ad3')
})

test('RC4 gives the same octets in pieces of any size', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 16 }),
      fc.array(fc.uint8Array({ maxLength: 9 })),
      (key, pieces) => {
        const cipher = rc4(key)
        const whole = rc4(key)(Uint8Array.from(pieces.flatMap((piece) => [...piece])))
        expect(pieces.flatMap((piece) => [...cipher(piece)])).toEqual([...whole])
      },
    ),
  )
})

test('blocks and keys of a wrong size are refused', () => {
  expect(() => desEncrypt(new Uint8Array(7), new Uint8Array(7))).toThrow(RangeError)
  expect(() => desEncrypt(new Uint8Array(8), new Uint8Array(8))).toThrow(RangeError)
  expect(() => rc4(new Uint8Array(0))).toThrow(RangeError)
})
