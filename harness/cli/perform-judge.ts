import { resolve } from 'node:path'
import picocolors from 'picocolors'
import { MONITORS } from '../../suites/monitors/index.ts'
import { UsageError } from '../errors/errors.ts'
import { readNamedFile } from '../files/named-file.ts'
import { printable } from '../protocol/octets.ts'
import { counted } from '../report/columns.ts'
import { judgeTrace } from '../scenario/monitor.ts'
import type { Finding } from '../scenario/verdict.ts'
import { type CapturedConversation, readCapture } from '../trace/capture.ts'
import { messagesOf } from '../trace/messages.ts'
import type { Side, Trace } from '../trace/trace.ts'
import { type ColourChoice, type ExitCode, type Io, wantsColour } from './io.ts'

/** What `pptpspec judge` was asked for. */
export interface JudgeRequest {
  readonly file: string
  readonly verbose: boolean
  readonly json: boolean
  readonly colour: ColourChoice
}

/** Octets; a capture is read as a whole. */
const LARGEST_FILE = 1024 * 1024 * 1024
/** Notes printed about a capture, and about each conversation: a hostile one gives rise to as many as it likes. */
const MOST_NOTES = 20

type JudgedFinding = Finding & {
  /** Of the capture, counted from 1. */
  readonly frame?: number
}

/** One end of a conversation and what was found about it, the gravest first. */
interface JudgedEnd {
  readonly role: 'originator' | 'recipient'
  readonly address: string
  readonly findings: readonly JudgedFinding[]
}

interface JudgedConversation {
  readonly startedAt: string
  /** s. */
  readonly duration: number
  readonly connections: number
  readonly controlMessages: number
  readonly grePackets: number
  /** What could not be judged for want of octets. */
  readonly notes: readonly string[]
  readonly ends: readonly JudgedEnd[]
}

/**
 * Judges a capture file and prints what was found.
 * @throws UsageError when it is no capture, or there is no PPTP in it.
 */
export function performJudge(request: JudgeRequest, io: Io): ExitCode {
  const { conversations, frames, notes } = readCapture(
    readNamedFile(resolve(io.cwd, request.file), {
      most: LARGEST_FILE,
      remedy: 'Name a pcap or pcapng file',
      whenLarger: "Keep what matters: tshark -r FILE -Y 'tcp.port == 1723 or gre' -w SMALLER",
    }),
    request.file,
  )
  if (conversations.length === 0)
    throw new UsageError(
      `${request.file}: ${counted(frames, 'frame')}, no PPTP conversation among them${notes.length === 0 ? '' : ` (${bounded(notes).join('; ')})`}`,
      'Capture TCP port 1723 and IP protocol 47 between the two ends, from before the connection is opened',
    )
  const judged = conversations.map(judgeConversation)
  if (request.json)
    io.stdout.write(
      `${JSON.stringify({ file: request.file, frames, notes, conversations: judged }, null, 2)}\n`,
    )
  else print(judged, { frames, notes }, request, io)
  const broken = judged.some(({ ends }) =>
    ends.some(({ findings }) => findings.some(({ verdict }) => verdict === 'fail')),
  )
  return broken ? 1 : 0
}

const GRAVITY = { fail: 0, warn: 1, pass: 2 } as const

function judgeConversation({ trace, tester, iut, frames }: CapturedConversation): JudgedConversation {
  const messages = messagesOf(trace)
  const end = (role: JudgedEnd['role'], side: Side, address: string): JudgedEnd => ({
    role,
    address,
    findings: judgeTrace(trace, side, MONITORS)
      .map((finding): JudgedFinding => {
        const frame = finding.entry === undefined ? undefined : frames.get(finding.entry)
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
    notes: notesOf(trace, frames),
    ends: [end('originator', 'tester', tester), end('recipient', 'iut', iut)],
  }
}

/** A capture's clock may say anything. */
function timeOf(ms: number): string {
  const time = new Date(ms)
  return Number.isNaN(time.getTime()) ? 'at no time that there is' : time.toISOString()
}

function notesOf(trace: Trace, frames: ReadonlyMap<number, number>): readonly string[] {
  const opened = new Set(
    trace.entries.flatMap((entry) => (entry.kind === 'tcp-open' ? [entry.connection] : [])),
  )
  const notes: string[] = []
  const begun = new Set<number>()
  for (const entry of trace.entries) {
    if (entry.kind === 'tcp-gap')
      notes.push(
        `from frame ${frames.get(entry.index) ?? '?'} on, connection ${entry.connection} is not whole: ${printable(entry.detail)}`,
      )
    if (entry.kind !== 'tcp-data' || opened.has(entry.connection) || begun.has(entry.connection)) continue
    begun.add(entry.connection)
    notes.push(`the beginning of connection ${entry.connection} is not in the capture`)
  }
  if (opened.size === 0 && begun.size === 0) notes.push('its control connection is not in the capture')
  return notes
}

function bounded(notes: readonly string[]): readonly string[] {
  if (notes.length <= MOST_NOTES) return notes
  return [...notes.slice(0, MOST_NOTES), `and ${notes.length - MOST_NOTES} more`]
}

function print(
  judged: readonly JudgedConversation[],
  { frames, notes }: { readonly frames: number; readonly notes: readonly string[] },
  request: JudgeRequest,
  io: Io,
): void {
  const colours = picocolors.createColors(wantsColour(request.colour, io.stdout, io.env))
  const paint = { fail: colours.red, warn: colours.yellow, pass: colours.green }
  const lines = [
    `${printable(request.file, 500)}: ${counted(frames, 'frame')}, ${counted(judged.length, 'conversation')}`,
    ...bounded(notes).map((note) => `note: ${note}`),
  ]
  for (const conversation of judged) {
    const [originator, recipient] = conversation.ends
    lines.push(
      '',
      colours.bold(`${originator?.address ?? '?'} and ${recipient?.address ?? '?'}`),
      `  ${conversation.startedAt}, ${conversation.duration.toFixed(1)} s: ${counted(conversation.connections, 'TCP connection')}, ${counted(conversation.controlMessages, 'control message')}, ${counted(conversation.grePackets, 'GRE packet')}`,
      ...bounded(conversation.notes).map((note) => `  note: ${note}`),
    )
    for (const { role, address, findings } of conversation.ends) {
      const count = (verdict: Finding['verdict']) =>
        `${findings.filter((finding) => finding.verdict === verdict).length} ${verdict}`
      lines.push(`  ${role} ${address}: ${count('fail')}, ${count('warn')}, ${count('pass')}`)
      for (const finding of findings) {
        if (finding.verdict === 'pass' && !request.verbose) continue
        const where = finding.frame === undefined ? '' : ` (frame ${finding.frame})`
        lines.push(
          `    ${paint[finding.verdict](finding.verdict.toUpperCase())} ${finding.requirement}${where}: expected ${printable(finding.expected, 500)}; seen ${printable(finding.seen, 500)}`,
        )
      }
    }
  }
  io.stdout.write(`${lines.join('\n')}\n`)
}
