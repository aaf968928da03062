import type { TraceMessage } from '../trace/messages.ts'
import type { Side } from '../trace/trace.ts'
import { greCounts, type HopConversation, type HopFacts, hasOpened, mainConversation } from './hop-facts.ts'
import { type Negotiation, negotiationIn } from './negotiation.ts'

/** The reason why a client and a server have no link, for a person to read first. */
export interface PairDiagnosis {
  /** One sentence. */
  readonly text: string
  /** The hop whose capture shows the reason. */
  readonly hop?: string
  /** The frame that shows it in the capture at that hop, counted from 1. */
  readonly frame?: number | undefined
}

type ControlPart = Extract<TraceMessage, { readonly kind: 'control' }>

/**
 * Finds the reason for a missing link in the captures of the hops.
 * @param hops from the client to the server; the first is beside the client, the last beside the
 * server.
 * @returns undefined when the captures show a link.
 */
export function diagnose(hops: readonly HopFacts[]): PairDiagnosis | undefined {
  const near = hops[0]
  const far = hops.at(-1)
  if (near === undefined || far === undefined) return undefined
  const conversation = mainConversation(near)
  if (conversation === undefined || !hasOpened(conversation)) return noConnection(hops, near, far)
  return (
    controlTrouble(near, conversation) ??
    tunnelTrouble(hops, near, conversation) ??
    pppTrouble(near, conversation) ??
    // Last: an end that has given up answers GRE with ICMP, which is usually not the cause.
    refusal(hops, 'an end')
  )
}

function noConnection(hops: readonly HopFacts[], near: HopFacts, far: HopFacts): PairDiagnosis {
  if (near.conversations.length === 0)
    return { text: 'the client sends nothing to the server', hop: near.hop }
  if (far.conversations.length === 0)
    return { text: `TCP to the server is lost after hop ${lastThatSees(hops, 1)}`, hop: near.hop }
  return {
    text: 'the server does not answer TCP port 1723',
    hop: far.hop,
    frame: far.conversations[0]?.frames[0],
  }
}

/** Names the hop nearest to the server that has at least `most` conversations. */
function lastThatSees(hops: readonly HopFacts[], most: number): string {
  const seen = hops.filter(({ conversations }) => conversations.length >= most)
  return seen.at(-1)?.hop ?? 'none'
}

function controlTrouble(near: HopFacts, conversation: HopConversation): PairDiagnosis | undefined {
  const at = (entry: number | undefined) => ({
    hop: near.hop,
    frame: entry === undefined ? undefined : conversation.frames[entry],
  })
  const messages = conversation.reading.parts.filter((part): part is ControlPart => part.kind === 'control')
  const named = (name: string) => messages.findLast(({ message }) => message.name === name)
  const startReply = named('Start-Control-Connection-Reply')
  if (startReply === undefined) {
    const request = named('Start-Control-Connection-Request')
    return request === undefined
      ? { text: 'TCP is open, and the client sends no Start-Control-Connection-Request', ...at(0) }
      : { text: 'Start-Control-Connection-Request has no reply', ...at(request.entry.index) }
  }
  const { message: start } = startReply
  if (start.name === 'Start-Control-Connection-Reply' && start.resultCode !== 1)
    return {
      text: `the server refuses the control connection with Result Code ${start.resultCode}`,
      ...at(startReply.entry.index),
    }
  const callReply = named('Outgoing-Call-Reply')
  if (callReply === undefined) {
    const request = named('Outgoing-Call-Request')
    return request === undefined
      ? { text: 'control connection up, and the client asks for no call', ...at(startReply.entry.index) }
      : { text: 'control connection up, Outgoing-Call-Request has no reply', ...at(request.entry.index) }
  }
  const { message: call } = callReply
  if (call.name === 'Outgoing-Call-Reply' && call.resultCode !== 1)
    return {
      text: `control connection up, the server refuses the call with Result Code ${call.resultCode}`,
      ...at(callReply.entry.index),
    }
  return undefined
}

/** The code for protocol unreachable in ICMP destination unreachable (RFC 792). */
const PROTOCOL_UNREACHABLE = 2

function tunnelTrouble(
  hops: readonly HopFacts[],
  near: HopFacts,
  conversation: HopConversation,
): PairDiagnosis | undefined {
  // Before ICMP, its consequence: the kernel refuses GRE from an address without a socket for it.
  const strange = strangers(hops)
  if (strange !== undefined) return strange
  const refused = refusal(hops, 'between')
  if (refused !== undefined) return refused
  const counts = hops.map((facts) => ({ hop: facts.hop, ...sumOf(facts) }))
  const first = counts[0]
  const last = counts.at(-1)
  if (first === undefined || last === undefined) return undefined
  const stop = (direction: 'toServer' | 'toClient'): string | undefined => {
    const way = direction === 'toServer' ? counts : [...counts].reverse()
    const [sender] = way
    if (sender === undefined || sender[direction] === 0) return undefined
    const lost = way.findIndex((one) => one[direction] === 0)
    return lost === -1 ? undefined : (way[lost - 1]?.hop ?? undefined)
  }
  const toServer = stop('toServer')
  const toClient = stop('toClient')
  const frame = firstGre(conversation)
  if (toServer !== undefined && (toClient !== undefined || last.toClient === 0))
    return {
      text: `control connection up, GRE to the server is lost after hop ${toServer}${toClient === undefined ? '' : `, and GRE to the client after hop ${toClient}`}`,
      hop: near.hop,
      frame,
    }
  if (toServer !== undefined)
    return {
      text: `control connection up, GRE to the server is lost after hop ${toServer}`,
      hop: near.hop,
      frame,
    }
  if (toClient !== undefined)
    return {
      text: `control connection up, GRE to the client is lost after hop ${toClient}`,
      hop: toClient,
    }
  if (first.toServer === 0 && last.toClient === 0)
    return { text: 'control connection and call up, neither end sends GRE', hop: near.hop }
  return untranslated(hops)
}

/** Finds ICMP that answers GRE and was sent by an end, or by a node between the ends. */
function refusal(hops: readonly HopFacts[], who: 'an end' | 'between'): PairDiagnosis | undefined {
  const [near, far] = [hops[0], hops.at(-1)]
  const ends = [near && mainConversation(near)?.tester, far && mainConversation(far)?.iut]
  for (const { hop, unreachable } of hops) {
    const error = unreachable.find(
      ({ code, source }) => code === PROTOCOL_UNREACHABLE && ends.includes(source) === (who === 'an end'),
    )
    if (error !== undefined)
      return {
        text: `control connection up, ${error.source} answers GRE with ICMP protocol unreachable`,
        hop,
        frame: error.frame,
      }
  }
  return undefined
}

/**
 * Finds GRE of an address without a control connection, at a hop where others have one.
 */
function strangers(hops: readonly HopFacts[]): PairDiagnosis | undefined {
  for (const facts of hops) {
    const main = mainConversation(facts)
    if (main === undefined || !hasOpened(main)) continue
    const other = facts.conversations.find(
      (one) => !hasOpened(one) && one.reading.parts.some(({ kind }) => kind === 'gre'),
    )
    if (other === undefined) continue
    const ours = [main.tester, main.iut]
    const address = [other.tester, other.iut].find((one) => !ours.includes(one))
    if (address === undefined) continue
    return {
      text: `GRE comes from ${address}, but the control connection is between ${main.tester} and ${main.iut}`,
      hop: facts.hop,
      frame: firstGre(other),
    }
  }
  return undefined
}

function sumOf({ conversations }: HopFacts): { readonly toServer: number; readonly toClient: number } {
  const all = conversations.map(greCounts)
  return {
    toServer: all.reduce((sum, one) => sum + one.toServer, 0),
    toClient: all.reduce((sum, one) => sum + one.toClient, 0),
  }
}

function firstGre({ reading, frames }: HopConversation): number | undefined {
  const first = reading.parts.find(({ kind }) => kind === 'gre')
  return first && frames[first.entry.index]
}

/**
 * Finds GRE towards the client with a Call ID that the client did not assign: a node between the
 * ends has changed the Call ID in the control connection or in GRE.
 */
function untranslated(hops: readonly HopFacts[]): PairDiagnosis | undefined {
  for (const { hop, conversations } of hops)
    for (const { reading, frames } of conversations) {
      const assigned = new Set<number>()
      let strange: { readonly callId: number; readonly entry: number } | undefined
      let right = 0
      for (const part of reading.parts) {
        if (
          part.kind === 'control' &&
          part.from === 'tester' &&
          part.message.name === 'Outgoing-Call-Request'
        )
          assigned.add(part.message.callId)
        if (part.kind !== 'gre' || part.from !== 'iut' || part.packet.kind !== 'gre') continue
        if (assigned.has(part.packet.callId)) right++
        else strange ??= { callId: part.packet.callId, entry: part.entry.index }
      }
      if (strange !== undefined && right === 0 && assigned.size > 0)
        return {
          text: `the client assigned Call ID ${[...assigned].join(' or ')}, but GRE to the client carries ${strange.callId}`,
          hop,
          frame: frames[strange.entry],
        }
    }
  return undefined
}

function pppTrouble(near: HopFacts, conversation: HopConversation): PairDiagnosis | undefined {
  const found = negotiationIn(conversation.reading)
  const told = (text: string, entry?: number): PairDiagnosis => ({
    text,
    hop: near.hop,
    frame: entry === undefined ? undefined : conversation.frames[entry],
  })
  const sides: readonly Side[] = ['tester', 'iut']
  if (!sides.every((side) => found.lcp.has(side)))
    return told(`call up, LCP is not agreed: ${silentOf(found)}`)
  if (found.proof === 'refused')
    return told('call up, PPP of the server refused the secret', found.proofEntry)
  if (found.authentication.iut !== undefined && found.proof === undefined)
    return told(`call up, the client's authentication by ${found.authentication.iut} has no answer`)
  const wants = found.askedForEncryption.size > 0
  if (wants && (found.encryption.tester === undefined || found.encryption.iut === undefined))
    return told('call up, the client is let in, and the two do not agree on encryption')
  if (found.addresses.tester === undefined || found.addresses.iut === undefined)
    return told('call up, the client is let in, and the two do not agree on addresses')
  return undefined
}

const NAMES: Readonly<Record<Side, string>> = { tester: "the client's", iut: "the server's" }

function silentOf({ lcp }: Negotiation): string {
  const missing = (['tester', 'iut'] as const).filter((side) => !lcp.has(side))
  return missing.length === 2
    ? 'no request of either end is acknowledged'
    : `${NAMES[missing[0] ?? 'tester']} request is not acknowledged`
}
