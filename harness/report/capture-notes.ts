import type { MessageName } from '../protocol/messages.ts'
import type { TracePart } from '../trace/messages.ts'
import { oppositeSide } from '../trace/messages.ts'
import type { Side, TraceEntry } from '../trace/trace.ts'
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

/** An entry of a captured conversation, with the parts that it completes and its frame. */
export interface CaptureStep {
  readonly entry: TraceEntry
  readonly parts: readonly TracePart[]
  readonly frame: number
}

/** The address of each side of a conversation. */
export type SideAddresses = Readonly<Record<Side, string>>

/** Makes notes on a capture that help a person and affect no verdict. */
export interface CaptureNotes {
  take(step: CaptureStep): void
  /** Returns the notes at the end of the conversation. */
  notes(): readonly string[]
}

/**
 * Makes notes on one conversation: requests without a reply, silence, GRE of one side only, and GRE
 * that belongs to no call.
 */
export function createCaptureNotes(addresses: SideAddresses): CaptureNotes {
  const kinds = [watchReplies(), watchSilence(), watchSides(addresses), watchCallIds(addresses)]
  const ends = new Map<number, number>()
  let last = 0
  return {
    take(step) {
      const { entry } = step
      last = entry.at
      if (entry.kind === 'tcp-end' || entry.kind === 'tcp-reset' || entry.kind === 'tcp-gap')
        if (!ends.has(entry.connection)) ends.set(entry.connection, entry.at)
      for (const kind of kinds) kind.take(step)
    },
    notes: () => {
      const endOf = (connection: number) => ends.get(connection) ?? last
      return kinds.flatMap((kind) => limited(kind.notes(endOf)))
    },
  }
}

/**
 * The notes of one kind. `endOf` is when a connection ended, in ms; without an end, when the
 * capture ended.
 */
interface NotesOfAKind {
  take(step: CaptureStep): void
  notes(endOf: (connection: number) => number): readonly string[]
}

function limited(notes: readonly string[]): readonly string[] {
  return notes.length <= MOST
    ? notes
    : [...notes.slice(0, MOST), `and ${notes.length - MOST} more of this kind`]
}

interface Asked {
  readonly name: MessageName
  readonly connection: number
  readonly frame: number
  readonly at: number
}

function watchReplies(): NotesOfAKind {
  const open = new Map<string, Asked[]>()
  return {
    take({ entry, parts, frame }) {
      for (const part of parts) {
        if (part.kind !== 'control' || part.message.name === 'unrecognized') continue
        const { message, connection, from } = part
        const identifier =
          message.name.startsWith('Echo-') && 'identifier' in message ? message.identifier : ''
        const answer = ANSWERS[message.name]
        if (answer !== undefined) {
          const key = `${connection} ${from} ${answer} ${identifier}`
          const known = open.get(key)
          const asked = { name: message.name, connection, frame, at: entry.at }
          if (known === undefined) open.set(key, [asked])
          else known.push(asked)
        }
        const asking = `${connection} ${oppositeSide(from)} ${message.name} ${identifier}`
        const asked = open.get(asking)
        asked?.shift()
        if (asked?.length === 0) open.delete(asking)
      }
    },
    notes: (endOf) =>
      [...open.values()]
        .flat()
        .sort((a, b) => a.frame - b.frame)
        .flatMap(({ name, connection, frame, at }) => {
          const waited = endOf(connection) - at
          const patience = name.endsWith('Call-Request') ? CALL_PATIENCE : PATIENCE
          return waited < patience
            ? []
            : [`${name} of frame ${frame}: no reply in ${Math.floor(waited / 1000)} s`]
        }),
  }
}

function watchSilence(): NotesOfAKind {
  const last = new Map<number, { readonly at: number; readonly frame: number; readonly name: string }>()
  const notes: string[] = []
  const look = (before: { readonly at: number; readonly frame: number } | undefined, at: number): void => {
    if (before === undefined || at - before.at < SILENCE) return
    notes.push(
      `no control message for ${Math.floor((at - before.at) / 1000)} s after frame ${before.frame}: an Echo-Request is due after 60 s`,
    )
  }
  return {
    take({ entry, parts, frame }) {
      for (const part of parts)
        if (part.kind === 'control') {
          look(last.get(part.connection), entry.at)
          last.set(part.connection, { at: entry.at, frame, name: part.message.name })
        }
    },
    notes(endOf) {
      for (const [connection, before] of last)
        if (before.name !== 'Stop-Control-Connection-Reply') look(before, endOf(connection))
      return notes
    },
  }
}

function watchSides(addresses: SideAddresses): NotesOfAKind {
  const counts = { tester: 0, iut: 0 }
  return {
    take({ parts }) {
      for (const part of parts) if (part.kind === 'gre') counts[part.from]++
    },
    notes() {
      const silent = (['tester', 'iut'] as const).find(
        (side) => counts[side] === 0 && counts[oppositeSide(side)] >= ONE_SIDED,
      )
      return silent === undefined
        ? []
        : [
            `GRE of ${addresses[silent]} is not in the capture: requirements that depend on its acknowledgments are not judged`,
          ]
    },
  }
}

/** Counts packets whose Call ID the receiver did not assign, if the control connection is whole. */
function watchCallIds(addresses: SideAddresses): NotesOfAKind {
  const opened = new Set<number>()
  let whole = true
  const assigned = { tester: new Set<number>(), iut: new Set<number>() }
  const used = { tester: new Map<number, number>(), iut: new Map<number, number>() }
  return {
    take({ entry, parts }) {
      if (entry.kind === 'tcp-open') opened.add(entry.connection)
      else if (entry.kind === 'tcp-gap') whole = false
      else if (entry.kind === 'tcp-data' && !opened.has(entry.connection)) whole = false
      for (const part of parts) {
        if (part.kind === 'gre' && part.packet.kind === 'gre') {
          const { callId } = part.packet
          used[part.from].set(callId, (used[part.from].get(callId) ?? 0) + 1)
        } else if (part.kind === 'control' && ASSIGNING.has(part.message.name) && 'callId' in part.message)
          assigned[part.from].add(part.message.callId)
      }
    },
    notes() {
      if (opened.size === 0 || !whole) return []
      return (['tester', 'iut'] as const).flatMap((from) => {
        const known = assigned[oppositeSide(from)]
        if (known.size === 0) return []
        return [...used[from]].flatMap(([callId, count]) => {
          if (known.has(callId)) return []
          const packets = `${counted(count, 'GRE packet')} of ${addresses[from]} ${count === 1 ? 'belongs' : 'belong'} to no call`
          return [
            `${packets} by their Call ID ${callId}, which a router that translates addresses may have left unchanged`,
          ]
        })
      })
    },
  }
}

/** The messages in which an end assigns a Call ID. */
const ASSIGNING: ReadonlySet<string> = new Set([
  'Outgoing-Call-Request',
  'Outgoing-Call-Reply',
  'Incoming-Call-Request',
  'Incoming-Call-Reply',
])
