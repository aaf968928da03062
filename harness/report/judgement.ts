import { printable } from '../protocol/octets.ts'
import { judgeTrace, type Monitor } from '../scenario/monitor.ts'
import type { Role } from '../scenario/requirement.ts'
import type { Finding } from '../scenario/verdict.ts'
import type { CapturedConversation } from '../trace/capture.ts'
import { messagesOf, readTrace } from '../trace/messages.ts'
import type { Side, Trace } from '../trace/trace.ts'
import { captureNotes } from './capture-notes.ts'

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
  /** Parts that could not be judged because octets are missing, and other remarks for people. */
  readonly notes: readonly string[]
  readonly ends: readonly [originator: JudgedEnd, recipient: JudgedEnd]
}

const GRAVITY = { fail: 0, warn: 1, pass: 2 } as const

/** Judges both ends of a conversation. */
export function judgeConversation(
  { trace, tester, iut, frames }: CapturedConversation,
  monitors: readonly Monitor[],
): JudgedConversation {
  const reading = readTrace(trace)
  const messages = messagesOf(reading)
  const end = (role: Role, side: Side, address: string): JudgedEnd => ({
    role,
    address,
    findings: judgeTrace(reading, side, monitors)
      .map((finding): JudgedFinding => {
        const frame = finding.entry === undefined ? undefined : frames[finding.entry]
        return frame === undefined ? finding : { ...finding, frame }
      })
      .sort((a, b) => GRAVITY[a.verdict] - GRAVITY[b.verdict] || (a.frame ?? 0) - (b.frame ?? 0)),
  })
  return {
    startedAt: timeOf(trace.startedAt),
    duration: (trace.entries.at(-1)?.at ?? 0) / 1000,
    connections: trace.entries.filter(({ kind }) => kind === 'tcp-open').length,
    controlMessages: messages.filter(({ kind }) => kind === 'control').length,
    grePackets: messages.filter(({ kind }) => kind === 'gre').length,
    notes: [
      ...notesOf(trace, frames),
      ...captureNotes({ reading, addresses: { tester, iut }, frameOf: (entry) => frames[entry] ?? '?' }),
    ],
    ends: [end('originator', 'tester', tester), end('recipient', 'iut', iut)],
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

function notesOf(trace: Trace, frames: readonly number[]): readonly string[] {
  const opened = new Set(
    trace.entries.flatMap((entry) => (entry.kind === 'tcp-open' ? [entry.connection] : [])),
  )
  const notes: string[] = []
  const begun = new Set<number>()
  for (const entry of trace.entries) {
    if (entry.kind === 'tcp-gap')
      notes.push(
        `from frame ${frames[entry.index] ?? '?'} on, octets of connection ${entry.connection} are missing: ${printable(entry.detail)}`,
      )
    if (entry.kind !== 'tcp-data' || opened.has(entry.connection) || begun.has(entry.connection)) continue
    begun.add(entry.connection)
    notes.push(`the beginning of connection ${entry.connection} is not in the capture`)
  }
  if (opened.size === 0 && begun.size === 0) notes.push('the control connection is not in the capture')
  return notes
}
