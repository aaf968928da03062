import { PppProtocolNumber } from './frame.ts'

/**
 * How one end proves its identity to the other; LCP option 3 names the method (RFC 1661 section
 * 6.2).
 */
export type AuthenticationMethod = 'pap' | 'chap-md5' | 'ms-chap-v1' | 'ms-chap-v2'

/** Every method, the strongest first. */
export const AUTHENTICATION_METHODS: readonly AuthenticationMethod[] = [
  'ms-chap-v2',
  'ms-chap-v1',
  'chap-md5',
  'pap',
]

/** The methods of CHAP and their Algorithm numbers in LCP (RFC 1994, RFC 2433, RFC 2759). */
const CHAP_ALGORITHMS = { 'chap-md5': 0x05, 'ms-chap-v1': 0x80, 'ms-chap-v2': 0x81 } as const
export type ChapMethod = keyof typeof CHAP_ALGORITHMS

export function isChapMethod(method: AuthenticationMethod): method is ChapMethod {
  return method in CHAP_ALGORITHMS
}

/** Returns the data of the LCP authentication option for a method. */
export function encodeMethod(method: AuthenticationMethod): Uint8Array {
  const number = isChapMethod(method) ? PppProtocolNumber.chap : PppProtocolNumber.pap
  const algorithm = isChapMethod(method) ? [CHAP_ALGORITHMS[method]] : []
  return Uint8Array.from([number >> 8, number & 0xff, ...algorithm])
}

/** Reads the data of the LCP authentication option; undefined for an unknown method. */
export function decodeMethod(data: Uint8Array): AuthenticationMethod | undefined {
  return AUTHENTICATION_METHODS.find((method) => {
    const known = encodeMethod(method)
    return known.length === data.length && known.every((octet, at) => octet === data[at])
  })
}

/** A name and its secret. */
export interface Account {
  readonly name: string
  readonly secret: string
}

/** The secrets from which MPPE derives its keys (RFC 3079); only MS-CHAP yields them. */
export type AuthenticationKeys =
  | { readonly method: 'ms-chap-v2'; readonly password: string; readonly ntResponse: Uint8Array }
  | { readonly method: 'ms-chap-v1'; readonly password: string; readonly challenge: Uint8Array }

/** Reads octets as Latin-1 text, one character for each octet. */
export function textOf(octets: Uint8Array): string {
  let text = ''
  for (const octet of octets) text += String.fromCharCode(octet)
  return text
}

/** Converts Latin-1 text to octets; of any other character the low 8 bits remain. */
export function octetsOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0) & 0xff)
}
