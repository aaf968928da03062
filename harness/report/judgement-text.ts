import picocolors from 'picocolors'
import { printable } from '../protocol/octets.ts'
import type { Finding } from '../scenario/verdict.ts'
import { type AlikeConversations, alikeLine } from './alike.ts'
import { counted } from './columns.ts'
import type { JudgedConversation, JudgedEnd } from './judgement.ts'

/** The facts about a capture as a whole. */
export interface CaptureFacts {
  /** The file name as the user gave it. */
  readonly file: string
  readonly frames: number
  /** The number of conversations that were judged. */
  readonly conversations: number
  /** The parts of the capture that were left out, each with the reason. */
  readonly notes: readonly string[]
  /** Conversations that were not told in full, because others like them were. */
  readonly alike: readonly AlikeConversations[]
}

/** How a judgement is printed. */
export interface JudgementTextOptions {
  readonly colour: boolean
  /** Whether passes are printed too. */
  readonly verbose: boolean
}

/**
 * The most notes printed about a capture, and about each conversation: a hostile capture may cause
 * any number.
 */
const MOST_NOTES = 20

type Colours = ReturnType<typeof picocolors.createColors>

/** Describes a conversation, what happened in it, and the findings about each end. */
export function conversationText(
  conversation: JudgedConversation,
  { colour, verbose }: JudgementTextOptions,
): string {
  const colours = picocolors.createColors(colour)
  const lines = [
    ...headOf(conversation, colours),
    ...conversation.ends.flatMap((end) => aboutEnd(end, verbose, colours)),
    '',
  ]
  return `${lines.join('\n')}\n`
}

/** Describes a capture as a whole, once its conversations are judged. */
export function captureText({ file, frames, conversations, notes, alike }: CaptureFacts): string {
  const lines = [
    ...alike.map(alikeLine),
    `${printable(file, 500)}: ${counted(frames, 'frame')}, ${counted(conversations, 'conversation')}`,
    ...bounded(notes).map((note) => `note: ${note}`),
  ]
  return `${lines.join('\n')}\n`
}

/** What was read and judged of a capture until an interruption. */
export interface InterruptedState {
  readonly judged: number
  /** Conversations that had begun and not ended. */
  readonly underway: number
  readonly frames: number
  /** The number of frames in the capture; undefined when it was not known yet. */
  readonly of: number | undefined
}

/** Says what of a capture was judged when an interruption ended it. */
export function interruptedText(reason: string, { judged, underway, frames, of }: InterruptedState): string {
  const read = of === undefined ? 'while the capture was read first' : `at frame ${frames} of ${of}`
  return `${printable(reason)}: stopped ${read}; ${counted(judged, 'conversation')} judged, ${underway} begun and not judged\n`
}

/** Says how far a capture is read, and how fast. */
export function progressText(frames: number, of: number | undefined, seconds: number): string {
  const pass = of === undefined ? `looking at frame ${frames}` : `judging frame ${frames} of ${of}`
  return `${pass}, ${seconds.toFixed(0)} s`
}

/** Says that a capture has no PPTP to judge, and what it contains instead. */
export function nothingToJudge({
  file,
  frames,
  notes,
}: Pick<CaptureFacts, 'file' | 'frames' | 'notes'>): string {
  const why = notes.length === 0 ? '' : ` (${bounded(notes).join('; ')})`
  return `${file}: ${counted(frames, 'frame')}, no PPTP conversation among them${why}`
}

function headOf(
  { ends: [originator, recipient], ...facts }: JudgedConversation,
  colours: Colours,
): readonly string[] {
  const { startedAt, duration, connections, controlMessages, grePackets, diagnosis, notes } = facts
  return [
    colours.bold(`${originator.address} and ${recipient.address}`),
    `  ${startedAt}, ${duration.toFixed(1)} s: ${counted(connections, 'TCP connection')}, ${counted(controlMessages, 'control message')}, ${counted(grePackets, 'GRE packet')}`,
    ...diagnosis.map((statement) => `  ${printable(statement, 500)}`),
    ...bounded(notes).map((note) => `  note: ${note}`),
  ]
}

function aboutEnd(
  { role, address, findings }: JudgedEnd,
  verbose: boolean,
  colours: Colours,
): readonly string[] {
  const paint = { fail: colours.red, warn: colours.yellow, pass: colours.green }
  const count = (verdict: Finding['verdict']) =>
    `${findings.filter((finding) => finding.verdict === verdict).length} ${verdict}`
  const told = verbose ? findings : findings.filter(({ verdict }) => verdict !== 'pass')
  return [
    `  ${role} ${address}: ${count('fail')}, ${count('warn')}, ${count('pass')}`,
    ...told.map(({ verdict, requirement, frame, expected, seen }) => {
      const where = frame === undefined ? '' : ` (frame ${frame})`
      return `    ${paint[verdict](verdict.toUpperCase())} ${requirement}${where}: expected ${printable(expected, 500)}; seen ${printable(seen, 500)}`
    }),
  ]
}

function bounded(notes: readonly string[]): readonly string[] {
  if (notes.length <= MOST_NOTES) return notes
  return [...notes.slice(0, MOST_NOTES), `and ${notes.length - MOST_NOTES} more`]
}
