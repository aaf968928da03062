import { expect, test } from 'vitest'
import { fromHex, toHex } from '../protocol/octets.ts'
import {
  authenticatorResponse,
  challengeHash,
  chapMd5,
  lmPasswordHash,
  msChapV1Response,
  ntPasswordHash,
  ntPasswordHashHash,
  ntResponse,
} from './ms-chap.ts'

// The sample of RFC 2759 section 9.2.
const exchange = {
  userName: 'User',
  password: 'clientPass',
  authenticatorChallenge: fromHex('5b5d7c7d7b3f2f3e3c2c602132262628'),
  peerChallenge: fromHex('21402324255e262a28295f2b3a337c7e'),
}

test('MS-CHAPv2, step by step (RFC 2759 section 9.2)', () => {
  const { userName, password, authenticatorChallenge, peerChallenge } = exchange
  expect(toHex(challengeHash(peerChallenge, authenticatorChallenge, userName))).toBe('d02e4386bce91226')
  expect(toHex(ntPasswordHash(password))).toBe('44ebba8d5312b8d611474411f56989ae')
  expect(toHex(ntPasswordHashHash(password))).toBe('41c00c584bd2d91c4017a2a12fa59f3f')
  const response = ntResponse(exchange)
  expect(toHex(response)).toBe('82309ecd8d708b5ea08faa3981cd83544233114a3d85d6df')
  expect(authenticatorResponse({ ...exchange, ntResponse: response })).toBe(
    'S=407A5589115FD0D6209F510FE9C04566932CDA56',
  )
})

test('a Windows domain in the user name is ignored (RFC 2759 section 4)', () => {
  const withDomain = { ...exchange, userName: 'BIGCO\\User' }
  expect(ntResponse(withDomain)).toEqual(ntResponse(exchange))
})

test('MS-CHAP, NT form (RFC 2433 section B.2)', () => {
  expect(toHex(ntPasswordHash('MyPw'))).toBe('fc156af7edcd6c0edde3337d427f4eac')
  expect(toHex(msChapV1Response(fromHex('102db5df085d3041'), 'MyPw'))).toBe(
    '4e9d3c8f9cfd385d5bf4d3246791956ca4c351ab409a3d61',
  )
})

test('the LAN Manager hash (RFC 3079 section 2.5.1), whose longest password has 14 characters', () => {
  expect(toHex(lmPasswordHash('clientPass'))).toBe('76a152936096d7830e2390227404afd2')
  expect(lmPasswordHash('a very long password')).toEqual(lmPasswordHash('A VERY LONG PA'))
})

test('a password may have any characters', () => {
  // The output of `printf 'π😀' | iconv -t utf-16le | openssl md4`.
  expect(toHex(ntPasswordHash('π😀'))).toBe('9413074cd8d8704ebb24013a8c647c6a')
  expect(lmPasswordHash('π😀')).toHaveLength(16)
})

test('CHAP with MD5: Identifier, secret, challenge (RFC 1994 section 4.1)', () => {
  // MD5 of 'abc' (RFC 1321 section A.5).
  expect(toHex(chapMd5(0x61, 'b', Uint8Array.of(0x63)))).toBe('900150983cd24fb0d6963f7d28e17f72')
})
