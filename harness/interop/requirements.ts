/**
 * Requirements on two implementations and a path together. No RFC states them in one sentence, so
 * they are not in the catalogue. Monitors say which side broke which requirement of the RFC.
 */
export const INTEROP_REQUIREMENTS = {
  'interop/link': 'A call comes up, and in it PPP, with an address at either end.',
  'interop/refusal': 'If one end demands what the other refuses, no link comes up.',
  'interop/authentication': 'The client authenticates by the protocol that the server demands.',
  'interop/encryption': 'Both directions have the encryption that is demanded, and none if none is demanded.',
  'interop/addresses': 'Both ends have the addresses that they agreed on.',
  'interop/datagrams': 'IP packets of any size that the link takes arrive, and so do their replies.',
  'interop/transfer': 'Data that one end sends in a TCP connection arrive at the other, whole and unchanged.',
  'interop/end': 'When one end has ended the call, the other end has no link any more.',
  'interop/again': 'After a call has ended, another one comes up.',
  'interop/no-false-link': 'If GRE cannot pass, neither end reports a link.',
} as const satisfies Readonly<Record<string, string>>

export type InteropRequirement = keyof typeof INTEROP_REQUIREMENTS
