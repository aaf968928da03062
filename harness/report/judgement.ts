import { printable } from '../protocol/octets.ts'
import { type Direction, followTrace, isExcessive, type Monitor } from '../scenario/monitor.ts'
import type { Role } from '../scenario/requirement.ts'
import type { Finding } from '../scenario/verdict.ts'
import type { CapturedConversation } from '../trace/capture.ts'
import { createDecoder, type Decoder, type TracePart } from '../trace/messages.ts'
import { createStrangerWatch } from '../trace/stranger.ts'
import type { TraceEntry } from '../trace/trace.ts'
import {
  type CaptureNotes,
  type CaptureStep,
  createCaptureNotes,
  type SideAddresses,
} from './capture-notes.ts'
import { createConversationDiagnosis } from './conversation-diagnosis.ts'

/** A finding about an end of a captured conversation. */
export type JudgedFinding = Finding & {
  /** The frame that shows it in the capture, counted from 1. */
  readonly frame?: number
}

/** One end of a conversation and the findings about it, the gravest first. */
export interface JudgedEnd {
  readonly role: Role
  readonly address: string
  readonly findings: readonly JudgedFinding[]
}

/** A conversation of a capture and the findings of monitors about its ends. */
export interface JudgedConversation {
  readonly startedAt: string
  /** In s. */
  readonly duration: number
  readonly connections: number
  readonly controlMessages: number
  readonly grePackets: number
  /** What happened, for somebody who looks for the cause of trouble: each proved by its frames. */
  readonly diagnosis: readonly string[]
  /** Parts that could not be judged because octets are missing, and other remarks for people. */
  readonly notes: readonly string[]
  readonly ends: readonly [originator: JudgedEnd, recipient: JudgedEnd]
}

const GRAVITY = { fail: 0, warn: 1, pass: 2 } as const

/**
 * The most control messages of a conversation that are judged: each call that they open takes
 * memory.
 */
const MOST_MESSAGES = 5_000_000
/**
 * Entries that are kept until the monitors begin: of a hundred thousand conversations at the same
 * time, most are short, and the monitors of each take more memory than its packets.
 */
const FEW = 32

/** A conversation of a capture that is judged while it is read. */
export interface Judgement {
  /** Takes the next entry, and the frame that shows it. */
  take(entry: TraceEntry, frame: number): void
  /** Says why the conversation is not PPTP; undefined when it is. */
  stranger(): string | undefined
  /** Ends the conversation. @param startedAt ms since 1970. */
  end(startedAt: number): JudgedConversation
}

/** Begins to judge both ends of a conversation between two addresses. */
export function createJudgement(
  { tester, iut }: Pick<CapturedConversation, 'tester' | 'iut'>,
  monitors: readonly Monitor[],
): Judgement {
  const waiting: { readonly entry: TraceEntry; readonly frame: number }[] = []
  let under: Underway | undefined

  function begin(): Underway {
    const fresh = beginJudgement({ tester, iut }, monitors)
    for (const { entry, frame } of waiting) fresh.take(entry, frame)
    waiting.length = 0
    under = fresh
    return fresh
  }

  return {
    take(entry, frame) {
      if (under !== undefined) under.take(entry, frame)
      else {
        waiting.push({ entry, frame })
        if (waiting.length >= FEW) begin()
      }
    },
    stranger: () => (under ?? begin()).stranger(),
    end: (startedAt) => (under ?? begin()).end(startedAt),
  }
}

interface Underway {
  take(entry: TraceEntry, frame: number): void
  stranger(): string | undefined
  end(startedAt: number): JudgedConversation
}

function beginJudgement(addresses: SideAddresses, monitors: readonly Monitor[]): Underway {
  const decoder = createDecoder(MOST_MESSAGES)
  const sides = (['tester', 'iut'] as const).map((side) => followTrace(side, monitors, true))
  const stranger = createStrangerWatch()
  const gaps = watchGaps()
  const notes = createCaptureNotes(addresses)
  const diagnosis = createConversationDiagnosis(addresses)
  const frames = createFrameList()
  const counts = { connections: 0, control: 0, gre: 0 }
  let last: TraceEntry | undefined
  let ended = false

  function tellAll(entry: TraceEntry, frame: number, parts: readonly TracePart[]): void {
    const step: CaptureStep = { entry, frame, parts }
    for (const part of parts) {
      if (part.kind === 'gre') counts.gre++
      else if (part.kind === 'control') counts.control++
      for (const side of sides) side.take(part)
    }
    stranger.take(entry, parts)
    gaps.take(step)
    notes.take(step)
    diagnosis.take(step)
  }

  function finish(): void {
    const left = ended ? [] : decoder.end()
    ended = true
    if (last !== undefined && left.length > 0) tellAll(last, frames.at(last.index) ?? 0, left)
  }

  return {
    take(entry, frame) {
      last = entry
      frames.add(frame)
      if (entry.kind === 'tcp-open') counts.connections++
      const parts = decoder.take(entry)
      const excesses = excessesOf(entry, parts, decoder)
      for (const side of sides) side.begin(entry, excesses)
      tellAll(entry, frame, parts)
    },
    stranger() {
      finish()
      return stranger.verdict()
    },
    end(startedAt) {
      finish()
      const end = (role: Role, side: number, address: string): JudgedEnd => ({
        role,
        address,
        findings: inOrder(sides[side]?.findings('all') ?? [], frames),
      })
      return {
        startedAt: timeOf(startedAt),
        duration: (last?.at ?? 0) / 1000,
        connections: counts.connections,
        controlMessages: counts.control,
        grePackets: counts.gre,
        diagnosis: diagnosis.statements(),
        notes: [...gaps.notes(), ...notes.notes()],
        ends: [end('originator', 0, addresses.tester), end('recipient', 1, addresses.iut)],
      }
    },
  }
}

/** Judges both ends of a conversation that was read as a whole. */
export function judgeConversation(
  { trace, tester, iut, frames }: CapturedConversation,
  monitors: readonly Monitor[],
): JudgedConversation {
  const judgement = createJudgement({ tester, iut }, monitors)
  for (const [at, entry] of trace.entries.entries()) judgement.take(entry, frames[at] ?? 0)
  return judgement.end(trace.startedAt)
}

const NONE: readonly Direction[] = []

/** The directions in which a message larger than any begins in this entry. */
function excessesOf(entry: TraceEntry, parts: readonly TracePart[], decoder: Decoder): readonly Direction[] {
  if (entry.kind !== 'tcp-data') return NONE
  const { connection, from } = entry
  const found = parts.some((part) => part.kind === 'control' && isExcessive(part.octets))
  return found || isExcessive(decoder.begun(connection, from)) ? [{ connection, from }] : NONE
}

function inOrder(found: readonly Finding[], frames: FrameList): readonly JudgedFinding[] {
  return found
    .map((finding): JudgedFinding => {
      const frame = finding.entry === undefined ? undefined : frames.at(finding.entry)
      return frame === undefined ? finding : { ...finding, frame }
    })
    .sort((a, b) => GRAVITY[a.verdict] - GRAVITY[b.verdict] || (a.frame ?? 0) - (b.frame ?? 0))
}

/** The frame of each entry of a conversation, in 4 octets each: there may be millions. */
interface FrameList {
  add(frame: number): void
  at(index: number): number | undefined
}

function createFrameList(): FrameList {
  let list = new Uint32Array(2 * FEW)
  let count = 0
  return {
    add(frame) {
      if (count === list.length) {
        const larger = new Uint32Array(2 * count)
        larger.set(list)
        list = larger
      }
      list[count++] = frame
    },
    at: (index) => (index < count ? list[index] : undefined),
  }
}

/** Whether any finding about any end is a `fail`. */
export function isBroken(judged: readonly JudgedConversation[]): boolean {
  return judged.some(({ ends }) =>
    ends.some(({ findings }) => findings.some(({ verdict }) => verdict === 'fail')),
  )
}

/** Formats a time in ms since 1970; that of a capture may be invalid. */
function timeOf(ms: number): string {
  const time = new Date(ms)
  return Number.isNaN(time.getTime()) ? 'at an invalid time' : time.toISOString()
}

/** Makes notes on parts of a conversation that are not in the capture, or were not judged. */
function watchGaps(): CaptureNotes {
  const opened = new Set<number>()
  const begun = new Set<number>()
  const notes: string[] = []
  let left = 0
  return {
    take({ entry, frame, parts }) {
      if (entry.kind === 'tcp-open') opened.add(entry.connection)
      else if (entry.kind === 'tcp-gap')
        notes.push(
          `from frame ${frame} on, octets of connection ${entry.connection} are missing: ${printable(entry.detail)}`,
        )
      else if (entry.kind === 'tcp-data' && !opened.has(entry.connection) && !begun.has(entry.connection)) {
        begun.add(entry.connection)
        notes.push(`the beginning of connection ${entry.connection} is not in the capture`)
      }
      for (const part of parts)
        if (part.kind === 'loose' && part.why === 'too-many-messages') left += part.octets.length
    },
    notes: () => [
      ...notes,
      ...(opened.size === 0 && begun.size === 0 ? ['the control connection is not in the capture'] : []),
      ...(left === 0
        ? []
        : [
            `${left} octets of control messages after the first ${MOST_MESSAGES.toLocaleString('en')} messages are not judged`,
          ]),
    ],
  }
}
