import type { MessageName } from '../protocol/messages.ts'
import type { ReadTrace, TracePart } from '../trace/messages.ts'
import { oppositeSide } from '../trace/messages.ts'
import type { Side } from '../trace/trace.ts'
import { counted } from './columns.ts'

/** ms after which a missing reply is noted; a call request may wait for a minute (3.2.1). */
const PATIENCE = 30_000
const CALL_PATIENCE = 60_000
/** ms without a control message that are noted: 60 s (3.1.4), and some for scheduling. */
const SILENCE = 70_000
/** GRE packets of one side, without any of the other, after which the other's count as missing. */
const ONE_SIDED = 8
/** The most notes of one kind. */
const MOST = 5

/** The message that answers each request. */
const ANSWERS: Readonly<Partial<Record<MessageName, MessageName>>> = {
  'Start-Control-Connection-Request': 'Start-Control-Connection-Reply',
  'Stop-Control-Connection-Request': 'Stop-Control-Connection-Reply',
  'Echo-Request': 'Echo-Reply',
  'Outgoing-Call-Request': 'Outgoing-Call-Reply',
  'Incoming-Call-Request': 'Incoming-Call-Reply',
  'Call-Clear-Request': 'Call-Disconnect-Notify',
}

type Control = TracePart & { readonly kind: 'control' }

/** A conversation in a capture, the address of each side, and the frame of each entry. */
export interface NotedCapture {
  readonly reading: ReadTrace
  readonly addresses: Readonly<Record<Side, string>>
  frameOf(entry: number): number | string
}

/**
 * Returns notes on a capture that help a person and affect no verdict: requests without a reply,
 * silence, GRE of one side only, and GRE that belongs to no call.
 */
export function captureNotes(capture: NotedCapture): readonly string[] {
  return [
    ...limited(unanswered(capture)),
    ...limited(silences(capture)),
    ...limited(oneSided(capture)),
    ...limited(ofNoCall(capture)),
  ]
}

function limited(notes: readonly string[]): readonly string[] {
  return notes.length <= MOST
    ? notes
    : [...notes.slice(0, MOST), `and ${notes.length - MOST} more of this kind`]
}

function controlIn({ reading }: NotedCapture): readonly Control[] {
  return reading.parts.filter((part): part is Control => part.kind === 'control')
}

/** Returns when a connection ended, in ms; without an end, when the capture ended. */
function endsIn({ reading }: NotedCapture): (connection: number) => number {
  const { entries } = reading.trace
  const ends = new Map<number, number>()
  for (const entry of entries)
    if (entry.kind === 'tcp-end' || entry.kind === 'tcp-reset' || entry.kind === 'tcp-gap')
      if (!ends.has(entry.connection)) ends.set(entry.connection, entry.at)
  const last = entries.at(-1)?.at ?? 0
  return (connection) => ends.get(connection) ?? last
}

function unanswered(capture: NotedCapture): readonly string[] {
  const endOf = endsIn(capture)
  const open = new Map<string, Control[]>()
  for (const part of controlIn(capture)) {
    const { message, connection, from } = part
    if (message.name === 'unrecognized') continue
    const identifier = message.name.startsWith('Echo-') && 'identifier' in message ? message.identifier : ''
    const answer = ANSWERS[message.name]
    if (answer !== undefined) {
      const key = `${connection} ${from} ${answer} ${identifier}`
      const known = open.get(key)
      if (known === undefined) open.set(key, [part])
      else known.push(part)
    }
    open.get(`${connection} ${oppositeSide(from)} ${message.name} ${identifier}`)?.shift()
  }
  return [...open.values()]
    .flat()
    .sort((a, b) => a.entry.index - b.entry.index)
    .flatMap(({ message, connection, entry }) => {
      const waited = endOf(connection) - entry.at
      const patience = message.name.endsWith('Call-Request') ? CALL_PATIENCE : PATIENCE
      return waited < patience
        ? []
        : [
            `${message.name} of frame ${capture.frameOf(entry.index)}: no reply in ${Math.floor(waited / 1000)} s`,
          ]
    })
}

function silences(capture: NotedCapture): readonly string[] {
  const endOf = endsIn(capture)
  const last = new Map<number, Control>()
  const notes: string[] = []
  const look = (before: Control | undefined, at: number): void => {
    if (before === undefined || at - before.entry.at < SILENCE) return
    notes.push(
      `no control message for ${Math.floor((at - before.entry.at) / 1000)} s after frame ${capture.frameOf(before.entry.index)}: an Echo-Request is due after 60 s`,
    )
  }
  for (const part of controlIn(capture)) {
    look(last.get(part.connection), part.entry.at)
    last.set(part.connection, part)
  }
  for (const [connection, part] of last)
    if (part.message.name !== 'Stop-Control-Connection-Reply') look(part, endOf(connection))
  return notes
}

function oneSided(capture: NotedCapture): readonly string[] {
  const counts = { tester: 0, iut: 0 }
  for (const part of capture.reading.parts) if (part.kind === 'gre') counts[part.from]++
  const silent = (['tester', 'iut'] as const).find(
    (side) => counts[side] === 0 && counts[oppositeSide(side)] >= ONE_SIDED,
  )
  return silent === undefined
    ? []
    : [
        `GRE of ${capture.addresses[silent]} is not in the capture: requirements that depend on its acknowledgments are not judged`,
      ]
}

/** The Call IDs that a side has assigned; undefined when its control connection is incomplete. */
function assignedIn(capture: NotedCapture): Readonly<Record<Side, ReadonlySet<number>>> | undefined {
  const { entries } = capture.reading.trace
  const opened = new Set(entries.flatMap((entry) => (entry.kind === 'tcp-open' ? [entry.connection] : [])))
  const whole = entries.every(
    (entry) => entry.kind !== 'tcp-gap' && (entry.kind !== 'tcp-data' || opened.has(entry.connection)),
  )
  if (opened.size === 0 || !whole) return undefined
  const assigned = { tester: new Set<number>(), iut: new Set<number>() }
  for (const { message, from } of controlIn(capture))
    switch (message.name) {
      case 'Outgoing-Call-Request':
      case 'Outgoing-Call-Reply':
      case 'Incoming-Call-Request':
      case 'Incoming-Call-Reply':
        assigned[from].add(message.callId)
    }
  return assigned
}

function ofNoCall(capture: NotedCapture): readonly string[] {
  const assigned = assignedIn(capture)
  if (assigned === undefined) return []
  const found = new Map<string, number>()
  for (const part of capture.reading.parts) {
    if (part.kind !== 'gre' || part.packet.kind !== 'gre') continue
    const known = assigned[oppositeSide(part.from)]
    if (known.size === 0 || known.has(part.packet.callId)) continue
    const what = `${capture.addresses[part.from]} ${part.packet.callId}`
    found.set(what, (found.get(what) ?? 0) + 1)
  }
  return [...found].map(([what, count]) => {
    const [address, callId] = what.split(' ')
    const packets = `${counted(count, 'GRE packet')} of ${address} ${count === 1 ? 'belongs' : 'belong'} to no call`
    return `${packets} by their Call ID ${callId}, which a router that translates addresses may have left unchanged`
  })
}
