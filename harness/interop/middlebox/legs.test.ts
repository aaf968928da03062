import { expect, it } from 'vitest'
import { controlMessage, decodeControl, encodeControl } from '../../protocol/control.ts'
import { decodeGre, encodeGre } from '../../protocol/gre.ts'
import type { ControlMessage } from '../../protocol/messages.ts'
import { readTrace } from '../../trace/messages.ts'
import type { Trace, TraceEntry } from '../../trace/trace.ts'
import type { HopConversation } from '../hop-facts.ts'
import { hopOf, twoPeers } from '../testing/two-peers.ts'
import { judgeLegs, type Leg } from './legs.ts'

const { trace: recorded } = await twoPeers({ told: [['traffic', 'ping', '198.18.0.1', '500', 'yes', '2']] })
const seen = withClear(onlyOne(hopOf('inner', recorded).conversations))

function onlyOne(conversations: readonly HopConversation[]): HopConversation {
  const [first] = conversations
  if (first === undefined || conversations.length !== 1) throw new Error('not one conversation')
  return first
}

/** The same conversation after the client has cleared the call. */
function withClear(conversation: HopConversation): HopConversation {
  const { trace, reading } = conversation
  const ids = { tester: 0, iut: 0 }
  for (const part of reading.parts)
    if (part.kind === 'control' && 'callId' in part.message) ids[part.from] = part.message.callId
  const said = (from: 'tester' | 'iut', message: ControlMessage) =>
    ({ kind: 'tcp-data', connection: 1, from, octets: encodeControl(message), at: 1e6 }) as const
  const more = [
    said('tester', controlMessage('Call-Clear-Request', { callId: ids.tester })),
    said('iut', controlMessage('Call-Disconnect-Notify', { callId: ids.iut, resultCode: 4 })),
  ]
  const entries = [...trace.entries, ...more].map((entry, index) => ({ ...entry, index }))
  return conversationOf({ ...trace, entries }, conversation)
}

function conversationOf(trace: Trace, like = seen): HopConversation {
  return { ...like, trace, reading: readTrace(trace), frames: trace.entries.map(({ index }) => index + 1) }
}

type Change = (message: ControlMessage) => ControlMessage

/**
 * Makes the other leg of a middlebox that changes control messages and the Call IDs of GRE.
 */
function beyond(
  change: Change,
  key: (from: string, callId: number) => number = (_, id) => id,
): HopConversation {
  const entries = seen.trace.entries.map((entry): TraceEntry => {
    if (entry.kind === 'tcp-data') {
      const message = decodeControl(entry.octets)
      return message.name === 'unrecognized' ? entry : { ...entry, octets: encodeControl(change(message)) }
    }
    if (entry.kind !== 'gre') return entry
    const packet = decodeGre(entry.octets)
    if (packet.kind !== 'gre') return entry
    return { ...entry, octets: encodeGre({ ...packet, callId: key(entry.from, packet.callId) }) }
  })
  return conversationOf({ ...seen.trace, entries })
}

/** Changes each Call ID of the client, and none of the server. */
const other = (id: number) => id ^ 0x5555
const translate: Change = (message) => {
  const fromClient = ['Outgoing-Call-Request', 'Call-Clear-Request'].includes(message.name)
  const values = message as unknown as { readonly callId?: number; readonly peersCallId?: number }
  return {
    ...message,
    ...(fromClient && values.callId !== undefined ? { callId: other(values.callId) } : {}),
    ...(!fromClient && values.peersCallId !== undefined ? { peersCallId: other(values.peersCallId) } : {}),
  } as ControlMessage
}
const translateKey = (from: string, id: number) => (from === 'iut' ? other(id) : id)

function leg(name: string, ...conversations: readonly HopConversation[]): Leg {
  return { name, conversations }
}

function brokenOn(outer: HopConversation): Readonly<Record<string, string>> {
  const findings = judgeLegs(leg('inner', seen), leg('outer', outer))
  return Object.fromEntries(
    findings.flatMap(({ requirement, ok, seen }) => (ok ? [] : [[requirement, seen]])),
  )
}

it('finds no violation if nothing is changed, or each Call ID in the same way everywhere', () => {
  expect(brokenOn(beyond((message) => message))).toEqual({})
  expect(brokenOn(beyond(translate, translateKey))).toEqual({})
  const decided = judgeLegs(leg('inner', seen), leg('outer', seen)).map(({ requirement }) => requirement)
  expect(decided).toEqual(['middlebox/messages', 'middlebox/call-ids', 'middlebox/gre-call-ids'])
})

it('names the frames of GRE if only the control connection has the new Call ID, or only GRE', () => {
  const inner = leg(
    'inner',
    beyond((message) => message, translateKey),
  )
  const [left] = judgeLegs(inner, leg('outer', beyond(translate, translateKey))).filter(({ ok }) => !ok)
  expect(left).toMatchObject({
    requirement: 'middlebox/gre-call-ids',
    seen: expect.stringMatching(/^GRE to the client with Call ID .*frame \d+.*frame \d+/),
  })
  const changed = beyond(
    (message) => message,
    (from, id) => (from === 'tester' ? other(id) : id),
  )
  expect(brokenOn(changed)).toEqual({
    'middlebox/gre-call-ids': expect.stringMatching(/^GRE to the server with Call ID/),
  })
})

it('names the one message whose Call ID was not changed', () => {
  const allBut =
    (name: string): Change =>
    (message) =>
      message.name === name ? message : translate(message)
  expect(brokenOn(beyond(allBut('Call-Clear-Request'), translateKey))).toEqual({
    'middlebox/call-ids': expect.stringContaining('Call ID'),
  })
  const inner = leg(
    'inner',
    beyond((message) => (message.name === 'Outgoing-Call-Reply' ? translate(message) : message)),
  )
  const [left] = judgeLegs(inner, leg('outer', beyond(translate, translateKey))).filter(({ ok }) => !ok)
  expect(left?.seen).toMatch(/^Peer's Call ID .* of Outgoing-Call-Reply at outer/)
})

it('finds changes other than those of Call IDs', () => {
  const change: Change = (message) =>
    message.name === 'Outgoing-Call-Reply' ? { ...message, packetRecvWindowSize: 1 } : message
  expect(brokenOn(beyond(change))['middlebox/messages']).toContain('Outgoing-Call-Reply')
  const replaced: Change = (message) =>
    message.name === 'Call-Clear-Request' ? controlMessage('Echo-Request') : message
  expect(brokenOn(beyond(replaced))['middlebox/messages']).toContain('Echo-Request')
})

/**
 * Two calls at the same time between two addresses: the messages of a second client follow those of
 * the first, and then both calls end.
 */
function together(first: HopConversation, second: HopConversation): HopConversation {
  const isEnd = ({ kind }: TraceEntry) => kind === 'tcp-end' || kind === 'tcp-reset'
  const isNotified = (entry: TraceEntry) =>
    entry.kind === 'tcp-data' && decodeControl(entry.octets).name === 'Call-Disconnect-Notify'
  const begun = first.trace.entries.filter((entry) => !isEnd(entry) && !isNotified(entry))
  const more = second.trace.entries.map((entry) =>
    'connection' in entry ? { ...entry, connection: 2 } : entry,
  )
  const entries = [...begun, ...more, ...first.trace.entries.filter(isEnd)]
  return conversationOf({ ...first.trace, entries: entries.map((entry, index) => ({ ...entry, index })) })
}

it('finds two clients with one Call ID', () => {
  const inner = leg('inner', seen, conversationOf(seen.trace))
  const find = (outer: HopConversation) =>
    judgeLegs(inner, leg('outer', outer)).find(({ requirement }) => requirement === 'middlebox/calls-apart')
  expect(find(together(seen, seen))).toMatchObject({ ok: false, seen: expect.stringContaining('Call ID') })
  expect(find(together(seen, beyond(translate, translateKey)))).toMatchObject({ ok: true })
})

it('judges no packet that only one leg shows', () => {
  expect(judgeLegs(leg('inner', seen), leg('outer'))).toEqual([])
  expect(judgeLegs(leg('inner'), leg('outer', seen))).toEqual([])
  const short = conversationOf({ ...seen.trace, entries: seen.trace.entries.slice(0, 6) })
  expect(brokenOn(short)).toEqual({})
})
