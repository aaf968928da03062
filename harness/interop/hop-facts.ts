import { createIpReassembly } from '../protocol/ip-reassembly.ts'
import { readUint16 } from '../protocol/octets.ts'
import { type CapturedConversation, readCapture } from '../trace/capture.ts'
import { readFrames } from '../trace/capture-file.ts'
import { linkPayload } from '../trace/link-layer.ts'
import { type ReadTrace, readTrace } from '../trace/messages.ts'

/** A conversation in the capture of one hop, with its decoded messages. */
export interface HopConversation extends CapturedConversation {
  readonly reading: ReadTrace
}

/** An ICMP error that passed a hop. */
export interface IcmpError {
  /** Counted from 1. */
  readonly frame: number
  readonly source: string
  readonly code: number
}

/** The packets that passed one hop during a case. */
export interface HopFacts {
  readonly hop: string
  /** The capture, a pcap file. */
  readonly capture: Uint8Array
  /**
   * Conversations in the order in which they began. In each, `tester` is the client and `iut` the
   * server.
   */
  readonly conversations: readonly HopConversation[]
  /** ICMP errors of the type destination unreachable. */
  readonly unreachable: readonly IcmpError[]
  /** The number of frames that passed but are missing in the capture. */
  readonly missed: number
}

const IP_PROTOCOL_ICMP = 1
const DESTINATION_UNREACHABLE = 3

/**
 * Reads the capture of a hop.
 * @param capture a pcap file; empty when nothing came.
 * @param missed the number of frames that passed but are missing in it.
 */
export function factsOf(hop: string, capture: Uint8Array, missed = 0): HopFacts {
  if (capture.length === 0) return { hop, capture, conversations: [], unreachable: [], missed }
  const { conversations } = readCapture(capture, `the capture at ${hop}`)
  return {
    hop,
    capture,
    conversations: conversations.map((one) => ({ ...one, reading: readTrace(one.trace) })),
    unreachable: unreachableIn(capture, hop),
    missed,
  }
}

function unreachableIn(capture: Uint8Array, hop: string): readonly IcmpError[] {
  const reassembly = createIpReassembly()
  const errors: IcmpError[] = []
  for (const { number, linkType, octets, cut, time } of readFrames(capture, hop, () => {})) {
    const payload = linkPayload(linkType, octets)
    if (payload.kind !== 'ipv4' || payload.octets[9] !== IP_PROTOCOL_ICMP) continue
    const packet = reassembly.take(payload.octets, cut, time)
    if (packet === undefined || packet.payload.length < 8) continue
    const typeAndCode = readUint16(packet.payload, 0)
    if (typeAndCode >> 8 === DESTINATION_UNREACHABLE)
      errors.push({ frame: number, source: packet.source, code: typeAndCode & 0xff })
  }
  return errors
}

/** Returns the newest conversation with a control connection, or else the newest of all. */
export function mainConversation({ conversations }: HopFacts): HopConversation | undefined {
  return conversations.findLast(hasOpened) ?? conversations.at(-1)
}

/** Whether the control connection of a conversation was opened. */
export function hasOpened({ trace }: HopConversation): boolean {
  return trace.entries.some(({ kind }) => kind === 'tcp-open')
}

/** Whether a call was accepted in a control connection that passed this hop. */
export function callAccepted({ conversations }: HopFacts): boolean {
  return conversations.some(({ reading }) =>
    reading.parts.some(
      (part) =>
        part.kind === 'control' &&
        part.message.name === 'Outgoing-Call-Reply' &&
        part.message.resultCode === 1,
    ),
  )
}

/** Counts the GRE packets of a conversation by direction. */
export function greCounts({ reading }: HopConversation): {
  readonly toServer: number
  readonly toClient: number
} {
  let toServer = 0
  let toClient = 0
  for (const part of reading.parts)
    if (part.kind === 'gre') {
      if (part.from === 'tester') toServer++
      else toClient++
    }
  return { toServer, toClient }
}
