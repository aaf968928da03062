import picocolors from 'picocolors'
import { printable } from '../protocol/octets.ts'
import type { Finding } from '../scenario/verdict.ts'
import { counted } from './columns.ts'
import type { JudgedConversation, JudgedEnd } from './judgement.ts'

/** The facts about a capture as a whole. */
export interface CaptureFacts {
  /** The file name as the user gave it. */
  readonly file: string
  readonly frames: number
  /** The parts of the capture that were left out, each with the reason. */
  readonly notes: readonly string[]
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

/** Describes a capture, and the findings about each end of each conversation. */
export function judgementText(
  judged: readonly JudgedConversation[],
  { file, frames, notes }: CaptureFacts,
  { colour, verbose }: JudgementTextOptions,
): string {
  const colours = picocolors.createColors(colour)
  const lines = [
    `${printable(file, 500)}: ${counted(frames, 'frame')}, ${counted(judged.length, 'conversation')}`,
    ...bounded(notes).map((note) => `note: ${note}`),
    ...judged.flatMap((conversation) => [
      ...headOf(conversation, colours),
      ...conversation.ends.flatMap((end) => aboutEnd(end, verbose, colours)),
    ]),
  ]
  return `${lines.join('\n')}\n`
}

/** Says that a capture has no PPTP to judge, and what it contains instead. */
export function nothingToJudge({ file, frames, notes }: CaptureFacts): string {
  const why = notes.length === 0 ? '' : ` (${bounded(notes).join('; ')})`
  return `${file}: ${counted(frames, 'frame')}, no PPTP conversation among them${why}`
}

function headOf(
  { ends: [originator, recipient], ...facts }: JudgedConversation,
  colours: Colours,
): readonly string[] {
  const { startedAt, duration, connections, controlMessages, grePackets, notes } = facts
  return [
    '',
    colours.bold(`${originator.address} and ${recipient.address}`),
    `  ${startedAt}, ${duration.toFixed(1)} s: ${counted(connections, 'TCP connection')}, ${counted(controlMessages, 'control message')}, ${counted(grePackets, 'GRE packet')}`,
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
