import { LARGEST_MESSAGE } from '../protocol/messages.ts'
import { readUint16, toLatin1 } from '../protocol/octets.ts'
import type { CapturedConversation } from './capture.ts'
import { createDecoder, type TracePart } from './messages.ts'
import type { TraceEntry } from './trace.ts'

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

/** Looks, entry by entry, whether a conversation of a capture is PPTP. */
export interface StrangerWatch {
  /** Takes an entry and the parts that it completes. */
  take(entry: TraceEntry, parts: readonly TracePart[]): void
  /**
   * Says why the conversation is not PPTP: no octet of it is part of a control message, and it has
   * no GRE. Undefined when it is PPTP, or when the capture lacks its control connection.
   */
  verdict(): string | undefined
}

/** Makes a watch for one conversation. */
export function createStrangerWatch(): StrangerWatch {
  let opened = false
  let isPptp = false
  let said = false
  let outOfStep = false
  let name: string | undefined
  return {
    take({ kind }, parts) {
      if (kind === 'tcp-open' || kind === 'tcp-data') opened = true
      if (kind === 'gre') isPptp = true
      if (isPptp) return
      for (const part of parts) {
        if (part.kind === 'control') isPptp = true
        else if (part.kind !== 'gre') {
          said = true
          // An incomplete message still counts as PPTP.
          if (part.kind === 'out-of-step') outOfStep = true
          if (resembles(part.octets)) isPptp = true
          name ??= PROTOCOLS.find(({ begins }) => begins(toLatin1(part.octets, 0, LOOKED_AT)))?.name
        }
      }
    },
    verdict() {
      if (!opened || isPptp) return undefined
      if (!said) return 'a TCP connection to port 1723 without any octet'
      if (!outOfStep) return undefined
      return `TCP port 1723 carries something else${name === undefined ? '' : ` (${name})`}`
    },
  }
}

/** Like `StrangerWatch.verdict`, about a whole conversation. */
export function strangerIn({ trace }: Pick<CapturedConversation, 'trace'>): string | undefined {
  const decoder = createDecoder()
  const watch = createStrangerWatch()
  for (const entry of trace.entries) watch.take(entry, decoder.take(entry))
  const last = trace.entries.at(-1)
  if (last !== undefined) watch.take(last, decoder.end())
  return watch.verdict()
}

/** Whether octets look like a PPTP header with a wrong Magic Cookie: a fault, but still PPTP. */
function resembles(octets: Uint8Array): boolean {
  return octets.length >= 4 && readUint16(octets, 0) <= LARGEST_MESSAGE && readUint16(octets, 2) === 1
}
