import { expect, test } from 'vitest'
import { fromHex, toHex } from '../protocol/octets.ts'
import { rc4 } from './digest.ts'
import {
  firstSessionKey,
  type MppeCredentials,
  type MppeStrength,
  mppeStartKeys,
  nextSessionKey,
} from './mppe-keys.ts'

const password = 'clientPass'
const v1: MppeCredentials = { method: 'ms-chap-v1', password, challenge: fromHex('102db5df085d3041') }
const v2: MppeCredentials = {
  method: 'ms-chap-v2',
  password,
  ntResponse: fromHex('82309ecd8d708b5ea08faa3981cd83544233114a3d85d6df'),
}
const STRENGTHS: readonly MppeStrength[] = [40, 56, 128]

// RFC 3079 has a misprint in step 3 of the 128-bit sample: the eighth octet (ca) is wrong. The
// start key here is that of step 4.
test.each<[MppeStrength, string, string]>([
  [40, '76a152936096d783', 'd1269e538cec4a08'],
  [56, '76a152936096d783', 'd10801538cec4a08'],
  [128, 'a8947850cfc0acc1d1789fb62ddcddb0', '59d159bc09f76f1da2a86a28ffec0b1e'],
])('MS-CHAP, %i bit (RFC 3079 section 2.5)', (strength, start, session) => {
  const { send, receive } = mppeStartKeys(v1, strength, 'authenticator')
  expect(toHex(send)).toBe(start)
  expect(receive).toEqual(send)
  expect(toHex(firstSessionKey(send, strength))).toBe(session)
})

// RFC 3079 has a misprint in the 56-bit sample: the last octet of the encrypted message (58) is not
// what RC4 yields under the key stated there.
test.each<[MppeStrength, string, string, string]>([
  [40, '8b7cdc149b993a1b', 'd1269ec49fa62e3e', '929137917e5803d668d75898'],
  [56, '8b7cdc149b993a1b', 'd15c00c49fa62e3e', '3f106833fa448da842bc57b8'],
  [128, '8b7cdc149b993a1ba118cb153f56dccb', '405cb2247a7956e6e211007ae27b22d4', '81848317df68846272fb5abe'],
])(
  'MS-CHAPv2, %i bit, and a message encrypted with its first key (RFC 3079 section 3.5)',
  (strength, start, session, message) => {
    const { send } = mppeStartKeys(v2, strength, 'authenticator')
    expect(toHex(send)).toBe(start)
    const key = firstSessionKey(send, strength)
    expect(toHex(key)).toBe(session)
    expect(toHex(rc4(key)(new TextEncoder().encode('test message')))).toBe(message)
  },
)

test.each(STRENGTHS)('both ends derive the same keys, %i bit', (strength) => {
  for (const credentials of [v1, v2]) {
    const authenticator = mppeStartKeys(credentials, strength, 'authenticator')
    const authenticated = mppeStartKeys(credentials, strength, 'authenticated')
    expect(authenticated).toEqual({ send: authenticator.receive, receive: authenticator.send })
  }
})

test.each<[MppeStrength, RegExp]>([
  [40, /^d1269e.{10}$/],
  [56, /^d1.{14}$/],
  [128, /^.{32}$/],
])('later keys differ and have the strength agreed, %i bit (RFC 3078 section 7.3)', (strength, form) => {
  const { send } = mppeStartKeys(v2, strength, 'authenticated')
  const seen = new Set<string>()
  let key = firstSessionKey(send, strength)
  for (let change = 0; change < 300; change++) {
    seen.add(toHex(key))
    expect(toHex(key)).toMatch(form)
    key = nextSessionKey(send, key, strength)
  }
  expect(seen.size).toBe(300)
})
