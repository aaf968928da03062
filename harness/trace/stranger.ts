import { LARGEST_MESSAGE } from '../protocol/messages.ts'
import { readUint16, toLatin1 } from '../protocol/octets.ts'
import type { CapturedConversation } from './capture.ts'
import { readTrace } from './messages.ts'

/** The beginnings of other protocols that are found on TCP port 1723 as well. */
const PROTOCOLS: readonly { readonly name: string; begins(text: string): boolean }[] = [
  {
    name: 'HTTP',
    begins: (text) => /^(GET|POST|HEAD|PUT|OPTIONS|CONNECT) |^HTTP\//.test(text),
  },
  // A handshake record of any version.
  { name: 'TLS', begins: (text) => text.startsWith('\u0016\u0003') },
  { name: 'SSH', begins: (text) => text.startsWith('SSH-') },
]
/** The number of octets that are compared. */
const LOOKED_AT = 16

/**
 * Says why a conversation of a capture is not PPTP: no octet of it is part of a control message,
 * and it has no GRE of PPTP's kind. Undefined when it is PPTP, or when the capture lacks its
 * control connection.
 */
export function strangerIn({ trace }: CapturedConversation): string | undefined {
  const opened = trace.entries.some(({ kind }) => kind === 'tcp-open' || kind === 'tcp-data')
  if (!opened || trace.entries.some(({ kind }) => kind === 'gre')) return undefined
  const { parts } = readTrace(trace)
  if (parts.some(({ kind }) => kind === 'control')) return undefined
  const said = parts.filter(({ kind }) => kind === 'out-of-step' || kind === 'loose')
  if (said.length === 0) return 'a TCP connection to port 1723 without any octet'
  // An incomplete message still counts as PPTP.
  if (!said.some(({ kind }) => kind === 'out-of-step')) return undefined
  if (said.some(({ octets }) => resembles(octets))) return undefined
  const name = said
    .map(({ octets }) => PROTOCOLS.find(({ begins }) => begins(toLatin1(octets, 0, LOOKED_AT)))?.name)
    .find((one) => one !== undefined)
  return `TCP port 1723 carries something else${name === undefined ? '' : ` (${name})`}`
}

/** Whether octets look like a PPTP header with a wrong Magic Cookie: a fault, but still PPTP. */
function resembles(octets: Uint8Array): boolean {
  return octets.length >= 4 && readUint16(octets, 0) <= LARGEST_MESSAGE && readUint16(octets, 2) === 1
}
