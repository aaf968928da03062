import { decodeGre, GRE_PROTOCOL_PPP } from '../protocol/gre.ts'
import { readUint16 } from '../protocol/octets.ts'
import {
  addStep,
  type Conversations,
  ignore,
  type Pair,
  type PairFacts,
  pairKey,
  pairOf,
} from './conversations.ts'
import type { Passage } from './trace.ts'

/** Reads the GRE packets of a capture. */

/** A GRE packet between two addresses. */
export interface CapturedGre {
  readonly source: string
  readonly destination: string
  /** From the GRE header on. */
  readonly octets: Uint8Array
  /** The number of octets at its end that the capture does not hold. */
  readonly cut: number
  readonly frame: number
  /** Which end saw it, if our own impairment treated it; undefined otherwise. */
  readonly only: Passage | undefined
}

/** Adds a GRE packet to the conversation of its two addresses. */
export function takeGre(conversations: Conversations, captured: CapturedGre): void {
  const { source, destination, octets, cut, frame, only } = captured
  const pair = pairOf(conversations, source, destination)
  if (pair === undefined) return
  const { collecting } = conversations
  const other = otherTunnelOf(octets)
  if (collecting.kind !== 'follow') {
    const packet = decodeGre(octets)
    if (packet.kind === 'gre' && packet.protocolType === GRE_PROTOCOL_PPP) {
      pair.tunnel = true
      pair.genuine.add(source)
    }
  } else if (other !== undefined && isGenuine(collecting.known, source, destination)) {
    leaveOut(conversations, other)
    return
  }
  const usual = cut === 0 && only === undefined
  const more = usual ? undefined : { ...(cut > 0 ? { cut } : {}), ...(only === undefined ? {} : { only }) }
  const step = addStep(conversations, pair, frame, (sideOf, { index, at }) => {
    const from = sideOf(source)
    const tester = from === 'tester' ? source : destination
    const iut = from === 'tester' ? destination : source
    return usual
      ? { index, at, kind: 'gre', from, tester, iut, octets }
      : { index, at, kind: 'gre', from, tester, iut, octets, ...more }
  })
  if (step !== undefined && other !== undefined) pair.others.push({ source, step, name: other })
}

/** Protocol Types of GRE tunnels other than PPTP's. */
const OTHER_TUNNELS: Readonly<Record<number, string>> = {
  2048: 'IPv4',
  34525: 'IPv6',
  25600: 'EoIP',
  25944: 'Ethernet',
  34887: 'MPLS',
  35006: 'ERSPAN',
  8939: 'ERSPAN III',
}

/**
 * The name of the protocol in a GRE packet of another known tunnel; undefined for PPTP and unknown
 * Protocol Types.
 */
export function otherTunnelOf(octets: Uint8Array): string | undefined {
  return octets.length < 4 ? undefined : OTHER_TUNNELS[readUint16(octets, 2)]
}

/**
 * Leaves out the GRE packets of other tunnels between two ends that have PPTP as well. If a sender
 * sends no GRE of PPTP's, its packets stay: a wrong Protocol Type is then its fault.
 */
export function leaveOthersOut(conversations: Conversations, { others, genuine }: Pair): void {
  for (const { source, step, name } of others) {
    if (!genuine.has(source)) continue
    step.dropped = true
    leaveOut(conversations, name)
  }
}

function leaveOut(conversations: Conversations, name: string): void {
  ignore(conversations, `GRE of another tunnel: ${name}`)
}

/** Whether the first reading found that a sender sends GRE of PPTP's as well. */
function isGenuine(known: ReadonlyMap<string, PairFacts>, source: string, destination: string): boolean {
  return known.get(pairKey(source, destination))?.genuine.has(source) === true
}
