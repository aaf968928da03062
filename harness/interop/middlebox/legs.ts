import { type ControlMessage, fieldsOf, type MessageName } from '../../protocol/messages.ts'
import { toLatin1 } from '../../protocol/octets.ts'
import { oppositeSide, type TracePart } from '../../trace/messages.ts'
import type { Side } from '../../trace/trace.ts'
import type { HopConversation } from '../hop-facts.ts'
import type { LEG_REQUIREMENTS } from './requirements.ts'

type LegRequirement = (typeof LEG_REQUIREMENTS)[number]

/** The packets on one side of a middlebox. In each conversation `tester` is the client. */
export interface Leg {
  /** Name of the hop: `inner`. */
  readonly name: string
  readonly conversations: readonly HopConversation[]
}

/** A finding about the middlebox between two legs. */
export interface LegFinding {
  readonly requirement: LegRequirement
  readonly ok: boolean
  readonly expected: string
  readonly seen: string
  /** The entry that shows it, and the conversation of the first leg that has the entry. */
  readonly entry?: number | undefined
  readonly conversation?: HopConversation | undefined
}

/**
 * The number of GRE packets, from the first on, that are compared in a conversation: a transfer has
 * tens of thousands.
 */
const MOST_PACKETS = 4_000

type LegName = 'first' | 'second'
type ControlPart = TracePart & { readonly kind: 'control' | 'out-of-step' }

/** A control connection on one leg. */
interface Connection {
  readonly conversation: HopConversation
  readonly number: number
  readonly port: number
  /** ms since 1970. */
  readonly opened: number
  readonly messages: Readonly<Record<Side, readonly ControlPart[]>>
}

/** A Call ID on both legs: as one end assigned it, and as the other end received it. */
interface Translation {
  readonly connection: ConnectionPair
  readonly assignedBy: Side
  readonly first: number
  readonly second: number
}

interface ConnectionPair {
  readonly first: Connection
  readonly second: Connection
}

/** The same message on both legs. */
interface MessagePair {
  readonly connection: ConnectionPair
  readonly from: Side
  readonly first: ControlPart
  readonly second: ControlPart
}

/**
 * Judges a middlebox by comparing the packets on its two sides. A packet on one leg only is not
 * judged: the other capture may lack the frame.
 * @param first the leg on the side of the clients; `second`, the leg on the side of the server.
 */
export function judgeLegs(first: Leg, second: Leg): readonly LegFinding[] {
  const connections = connectionPairs(first, second)
  const messages = connections.flatMap(messagePairs)
  const translations: Translation[] = []
  const callIds: Check[] = []
  for (const pair of messages) {
    callIds.push(...callIdChecks(pair, translations, [first.name, second.name]))
    translations.push(...translationsIn(pair))
  }
  const names: LegNames = [first.name, second.name]
  return [
    ...verdictOf(
      'middlebox/messages',
      messages.map((pair) => messageCheck(pair, names)),
    ),
    ...verdictOf('middlebox/call-ids', callIds),
    ...verdictOf('middlebox/gre-call-ids', greChecks(first, second, translations)),
    ...verdictOf('middlebox/calls-apart', apartChecks(connections, translations, names)),
  ]
}

type LegNames = readonly [first: string, second: string]

/** One comparison; `seen` is undefined when it shows no violation. */
interface Check {
  readonly seen: string | undefined
  readonly entry?: number | undefined
  readonly conversation?: HopConversation | undefined
}

/** The `expected` text of a finding; its `seen` text, after a number, if nothing is violated. */
const WORDS = {
  'middlebox/messages': [
    'each message as it was sent, except for Call IDs',
    'messages as they were sent, except for Call IDs',
  ],
  'middlebox/call-ids': [
    'each Call ID with one number in all messages to the other end',
    'Call IDs with the number that the message which assigned them has',
  ],
  'middlebox/gre-call-ids': [
    'GRE with the Call ID that its receiver assigned',
    'GRE packets with the Call ID of their receiver',
  ],
  'middlebox/calls-apart': [
    'different Call IDs for clients that share one address',
    'pairs of control connections with different Call IDs',
  ],
} as const satisfies Readonly<Record<LegRequirement, readonly [expected: string, compared: string]>>

function verdictOf(requirement: LegRequirement, checks: readonly Check[]): readonly LegFinding[] {
  const [expected, compared] = WORDS[requirement]
  const broken = checks.filter(({ seen }) => seen !== undefined)
  const shown = broken[0] ?? checks[0]
  if (shown === undefined) return []
  const more = broken.length > 1 ? `; ${broken.length} of ${checks.length} comparisons fail` : ''
  return [
    {
      requirement,
      ok: broken.length === 0,
      expected,
      seen: shown.seen === undefined ? `${checks.length} ${compared}` : `${shown.seen}${more}`,
      entry: shown.entry,
      conversation: shown.conversation,
    },
  ]
}

function connectionsOn({ conversations }: Leg): readonly Connection[] {
  return conversations.flatMap((conversation) => {
    const { trace, reading } = conversation
    return trace.entries.flatMap((entry) => {
      if (entry.kind !== 'tcp-open') return []
      const of = (side: Side) =>
        reading.parts.filter(
          (part): part is ControlPart =>
            (part.kind === 'control' || part.kind === 'out-of-step') &&
            part.connection === entry.connection &&
            part.from === side,
        )
      return [
        {
          conversation,
          number: entry.connection,
          port: entry.tester.port,
          opened: trace.startedAt + entry.at,
          messages: { tester: of('tester'), iut: of('iut') },
        },
      ]
    })
  })
}

/**
 * Pairs each connection of the first leg with one of the second: one with the same client port if
 * there is one, and of these the one that was opened at the nearest time.
 */
function connectionPairs(firstLeg: Leg, secondLeg: Leg): readonly ConnectionPair[] {
  const left = [...connectionsOn(secondLeg)]
  return connectionsOn(firstLeg).flatMap((first) => {
    const distance = (one: Connection) => Math.abs(one.opened - first.opened)
    const sorted = [...left].sort(
      (a, b) => Number(a.port !== first.port) - Number(b.port !== first.port) || distance(a) - distance(b),
    )
    const [second] = sorted
    if (second === undefined) return []
    left.splice(left.indexOf(second), 1)
    return [{ first, second }]
  })
}

/**
 * Pairs the messages of both legs by their number in each direction, because TCP keeps the order.
 * @returns the pairs in the order in which the first leg has them.
 */
function messagePairs(connection: ConnectionPair): readonly MessagePair[] {
  const pairs = (['tester', 'iut'] as const).flatMap((from) =>
    connection.first.messages[from].flatMap((first, at): MessagePair[] => {
      const second = connection.second.messages[from][at]
      return second === undefined ? [] : [{ connection, from, first, second }]
    }),
  )
  return pairs.sort((a, b) => a.first.entry.index - b.first.entry.index)
}

/** The fields that a middlebox may have to change. */
const CALL_ID_FIELDS = ['callId', 'peersCallId'] as const
type CallIdField = (typeof CALL_ID_FIELDS)[number]

/** Messages that assign a Call ID; all others repeat one. */
const ASSIGNING: ReadonlySet<string> = new Set<MessageName>([
  'Outgoing-Call-Request',
  'Outgoing-Call-Reply',
  'Incoming-Call-Request',
  'Incoming-Call-Reply',
])

function callIdIn(message: ControlMessage, field: CallIdField): number | undefined {
  const value: unknown = (message as unknown as Readonly<Record<string, unknown>>)[field]
  return typeof value === 'number' ? value : undefined
}

/** Returns the octets of a message, with zeros as its Call IDs, as text for comparison. */
function restOf(part: ControlPart): string {
  const octets = part.octets.slice()
  if (part.kind === 'control' && part.message.name !== 'unrecognized') {
    let at = 0
    for (const { name, size } of fieldsOf(part.message.name)) {
      if ((CALL_ID_FIELDS as readonly string[]).includes(name)) octets.fill(0, at, at + size)
      at += size
    }
  }
  // The length, because toLatin1 leaves out trailing zeros.
  return `${octets.length} ${toLatin1(octets)}`
}

function nameOf(part: ControlPart): string {
  if (part.kind === 'out-of-step') return 'octets that are no message'
  const { message } = part
  return message.name === 'unrecognized' ? `a message of type ${message.controlMessageType}` : message.name
}

function frameOf({ conversation }: Connection, part: { readonly entry: { readonly index: number } }): string {
  return `frame ${conversation.frames[part.entry.index] ?? '?'}`
}

function messageCheck({ connection, first, second }: MessagePair, [firstName, secondName]: LegNames): Check {
  const same = first.kind === second.kind && restOf(first) === restOf(second)
  const where = (name: string, one: Connection, part: ControlPart) =>
    `${nameOf(part)} at ${name} (${frameOf(one, part)})`
  return {
    entry: first.entry.index,
    conversation: connection.first.conversation,
    seen: same
      ? undefined
      : `${where(firstName, connection.first, first)} ${nameOf(first) === nameOf(second) ? 'has other contents' : `is ${nameOf(second)}`} at ${secondName} (${frameOf(connection.second, second)})`,
  }
}

/** Returns who assigned a field: the sender its Call ID, the receiver its Peer's Call ID. */
function assignerOf(field: CallIdField, from: Side): Side {
  return field === 'callId' ? from : oppositeSide(from)
}

function callIdsOf(pair: MessagePair) {
  const { first, second, from } = pair
  if (first.kind !== 'control' || second.kind !== 'control') return []
  const [a, b] = [first.message, second.message]
  if (a.name === 'unrecognized' || b.name === 'unrecognized' || a.name !== b.name) return []
  return CALL_ID_FIELDS.flatMap((field) => {
    const [onFirst, onSecond] = [callIdIn(a, field), callIdIn(b, field)]
    if (onFirst === undefined || onSecond === undefined) return []
    const assigns = field === 'callId' && ASSIGNING.has(a.name)
    return [
      { field, name: a.name, assigns, assignedBy: assignerOf(field, from), first: onFirst, second: onSecond },
    ]
  })
}

function translationsIn(pair: MessagePair): readonly Translation[] {
  return callIdsOf(pair)
    .filter(({ assigns }) => assigns)
    .map(({ assignedBy, first, second }) => ({
      connection: pair.connection,
      assignedBy,
      first,
      second,
    }))
}

/** Returns the leg that packets of an end pass first. */
function departureOf(from: Side): LegName {
  return from === 'tester' ? 'first' : 'second'
}

function callIdChecks(
  pair: MessagePair,
  translations: readonly Translation[],
  [firstName, secondName]: LegNames,
): readonly Check[] {
  const departure = departureOf(pair.from)
  const arrival = departure === 'first' ? 'second' : 'first'
  const names = { first: firstName, second: secondName }
  return callIdsOf(pair).flatMap(({ field, name, assigns, assignedBy, ...values }): Check[] => {
    if (assigns) return []
    const known = translations.filter(
      (one) =>
        one.connection === pair.connection &&
        one.assignedBy === assignedBy &&
        one[departure] === values[departure],
    )
    if (known.length === 0) return []
    const ok = known.some((one) => one[arrival] === values[arrival])
    const label = field === 'callId' ? 'Call ID' : "Peer's Call ID"
    const frames = {
      first: frameOf(pair.connection.first, pair.first),
      second: frameOf(pair.connection.second, pair.second),
    }
    return [
      {
        entry: pair.first.entry.index,
        conversation: pair.connection.first.conversation,
        seen: ok
          ? undefined
          : `${label} ${values[departure]} of ${name} at ${names[departure]} (${frames[departure]}) is ${values[arrival]} at ${names[arrival]} (${frames[arrival]}), where that call has ${known.map((one) => one[arrival]).join(' or ')}`,
      },
    ]
  })
}

type GrePart = TracePart & { readonly kind: 'gre' }

/** Returns a packet's content without its Call ID as text; undefined unless enhanced GRE. */
function contentOf({ packet, from }: GrePart): string | undefined {
  if (packet.kind !== 'gre') return undefined
  const { sequenceNumber, acknowledgmentNumber, payload } = packet
  return `${from} ${sequenceNumber} ${acknowledgmentNumber} ${payload.length} ${toLatin1(payload)}`
}

function greOf({ reading }: HopConversation): readonly GrePart[] {
  return reading.parts.filter((part): part is GrePart => part.kind === 'gre').slice(0, MOST_PACKETS)
}

interface Arrival {
  readonly conversation: HopConversation
  readonly part: GrePart
}

/** Returns the compared packets of a leg, by their content without the Call ID. */
function arrivalsOn({ conversations }: Leg): ReadonlyMap<string, readonly Arrival[]> {
  const found = new Map<string, Arrival[]>()
  for (const conversation of conversations)
    for (const part of greOf(conversation)) {
      const content = contentOf(part)
      if (content === undefined) continue
      const known = found.get(content)
      if (known === undefined) found.set(content, [{ conversation, part }])
      else known.push({ conversation, part })
    }
  return found
}

function greChecks(first: Leg, second: Leg, translations: readonly Translation[]): readonly Check[] {
  const legs = { first, second }
  const arrived = { first: arrivalsOn(first), second: arrivalsOn(second) }
  return (['first', 'second'] as const).flatMap((departure) => {
    const arrival = departure === 'first' ? 'second' : 'first'
    const from: Side = departure === 'first' ? 'tester' : 'iut'
    return legs[departure].conversations.flatMap((conversation) =>
      greOf(conversation).flatMap((part): Check[] => {
        const { packet } = part
        if (part.from !== from || packet.kind !== 'gre') return []
        const due = translations.filter(
          (one) =>
            one.connection[departure].conversation === conversation &&
            one.assignedBy !== from &&
            one[departure] === packet.callId,
        )
        const candidates = arrived[arrival].get(contentOf(part) ?? '') ?? []
        // A packet of an unknown call, or on one leg only, does not show what happens to Call IDs.
        if (due.length === 0 || candidates.length === 0) return []
        const ok = candidates.some(
          (one) =>
            one.part.packet.kind === 'gre' &&
            due.some(
              (call) =>
                call.connection[arrival].conversation === one.conversation &&
                one.part.packet.kind === 'gre' &&
                one.part.packet.callId === call[arrival],
            ),
        )
        const [shown] = candidates
        const frame = (one: HopConversation, entry: number) => one.frames[entry] ?? '?'
        const to = from === 'tester' ? 'server' : 'client'
        const there =
          shown?.part.packet.kind === 'gre'
            ? `${shown.part.packet.callId} at ${legs[arrival].name} (frame ${frame(shown.conversation, shown.part.entry.index)})`
            : 'another packet'
        return [
          {
            entry: departure === 'first' ? part.entry.index : shown?.part.entry.index,
            conversation: departure === 'first' ? conversation : shown?.conversation,
            seen: ok
              ? undefined
              : `GRE to the ${to} with Call ID ${packet.callId} at ${legs[departure].name} (frame ${frame(conversation, part.entry.index)}) has ${there}, where that call has ${due.map((one) => one[arrival]).join(' or ')}`,
          },
        ]
      }),
    )
  })
}

/**
 * Compares the clients' Call IDs of control connections that overlap in time, between the same two
 * addresses on the second leg.
 */
function apartChecks(
  connections: readonly ConnectionPair[],
  translations: readonly Translation[],
  [, secondName]: LegNames,
): readonly Check[] {
  return connections.flatMap((one, at) =>
    connections.slice(at + 1).flatMap((other): Check[] => {
      if (one.second.conversation !== other.second.conversation || !overlap(one.second, other.second))
        return []
      const ids = (pair: ConnectionPair) =>
        translations.filter(({ connection, assignedBy }) => connection === pair && assignedBy === 'tester')
      const [mine, theirs] = [ids(one), ids(other)]
      if (mine.length === 0 || theirs.length === 0) return []
      const shared = mine.find(({ second }) => theirs.some((their) => their.second === second))
      return [
        {
          conversation: one.first.conversation,
          seen:
            shared === undefined
              ? undefined
              : `two control connections from one address at ${secondName} have a call with Call ID ${shared.second} each`,
        },
      ]
    }),
  )
}

/** Whether two control connections were open, and had a call each, at the same time. */
function overlap(one: Connection, other: Connection): boolean {
  const [begun, over] = [lastAssignment(one), endOf(one)]
  const [otherBegun, otherOver] = [lastAssignment(other), endOf(other)]
  return begun !== undefined && otherBegun !== undefined && begun < otherOver && otherBegun < over
}

/** Returns the index of the entry in which the client assigned a Call ID last. */
function lastAssignment({ messages }: Connection): number | undefined {
  return messages.tester.findLast(
    (part) =>
      part.kind === 'control' && part.message.name !== 'unrecognized' && ASSIGNING.has(part.message.name),
  )?.entry.index
}

/** Returns the index of the entry that ended the call, or its connection; or else infinity. */
function endOf({ conversation, number, messages }: Connection): number {
  const notified = messages.iut.findLast(
    (part) => part.kind === 'control' && part.message.name === 'Call-Disconnect-Notify',
  )?.entry.index
  const closed = conversation.trace.entries.find(
    (entry) => (entry.kind === 'tcp-end' || entry.kind === 'tcp-reset') && entry.connection === number,
  )?.index
  return Math.min(notified ?? Number.POSITIVE_INFINITY, closed ?? Number.POSITIVE_INFINITY)
}
