import picocolors from 'picocolors'
import { printable, toHex } from '../protocol/octets.ts'
import {
  fieldLines,
  greNumbers,
  greOddities,
  inFragments,
  LOOSE_IN_WORDS,
  octetsInWords,
  oddities,
  payloadLine,
} from './arrow-text.ts'
import { describeImpairment } from './impaired-path.ts'
import type { LooseOctets, ReadTrace, TraceMessage } from './messages.ts'
import { writePcapng } from './pcapng.ts'
import type { Passage, Side, TraceEntry } from './trace.ts'

/** The fields of a finding that a ladder shows; findings of a scenario's result have them. */
export interface LadderFinding {
  readonly requirement: string
  readonly verdict: 'pass' | 'warn' | 'fail'
  readonly expected: string
  readonly seen: string
  readonly entry?: number | undefined
}

export interface LadderOptions {
  /** The width in columns; 100 unless given, at least 60. */
  readonly width?: number
  readonly colour?: boolean
  /** Findings to show: fail and warn under their entry, or at the end without one. */
  readonly findings?: readonly LadderFinding[]
  /** `detailed` shows every field of every message and octets that belong to no message. */
  readonly detail?: 'brief' | 'detailed'
  /** Frame numbers of the trace's capture, by entry index; made from the trace when absent. */
  readonly frames?: ReadonlyMap<number, number>
}

/** Columns of index, frame and time. */
const GUTTER = 24
const OCTETS_SHOWN = 64
/**
 * The most similar stretches of loose octets in a row that get an arrow each; more become one
 * arrow.
 */
const MOST_ALIKE = 2

/** One arrow and the lines below it. */
interface Rung {
  readonly entry: TraceEntry
  readonly from: Side
  readonly label: string
  readonly details: readonly string[]
  /** Fields that break a rule of the message's own table. */
  readonly oddities: readonly string[]
  /** Which end of an impaired path saw it; undefined when both did. */
  readonly only?: Passage | undefined
  /**
   * Whether these are octets that belong to no message: many such arrows in a row are joined into
   * one.
   */
  readonly loose?: boolean
}

/**
 * Formats a trace as a ladder for the terminal: the tester on the left, the implementation on the
 * right, and an arrow for each message. Before each arrow are the trace entry's index, its frame in
 * the capture, and the s since the beginning.
 */
export function ladder(reading: ReadTrace, options: LadderOptions = {}): string {
  const { trace } = reading
  const width = Math.max(60, options.width ?? 100)
  const inner = width - GUTTER - 2
  const detailed = options.detail === 'detailed'
  const colours = picocolors.createColors(options.colour ?? false)
  const frames = options.frames ?? writePcapng(reading).frames
  const findings = (options.findings ?? []).filter((finding) => finding.verdict !== 'pass')
  const several = trace.entries.some((entry) => 'connection' in entry && entry.connection > 1)
  const marked = new Set(findings.map((finding) => finding.entry))
  const single = rungsOf(reading, several, detailed)
  const rungs = detailed ? single : folded(trace.entries, single, marked)
  const lines: string[] = [
    `${'entry'.padStart(6)} ${'frame'.padStart(6)} ${'s'.padStart(8)}  ${colours.bold('Tester')}${'IUT'.padStart(inner - 4)}`,
  ]

  function gutter(entry: TraceEntry): string {
    const frame = frames.get(entry.index)
    const time = (entry.at / 1000).toFixed(3)
    return colours
      .dim(`${String(entry.index).padStart(6)} ${String(frame ?? '').padStart(6)} ${time.padStart(8)} `)
      .concat(' ')
  }
  const blank = ' '.repeat(GUTTER - 1)

  function between(text: string, paint: (text: string) => string = (same) => same): void {
    for (const piece of wrap(text, inner - 4)) lines.push(`${blank} │  ${paint(piece.padEnd(inner - 4))}  │`)
  }

  function mark(finding: LadderFinding): void {
    const [label, paint] = finding.verdict === 'fail' ? ['✗ FAIL', colours.red] : ['! WARN', colours.yellow]
    const text = `${label} ${printable(finding.requirement)}: expected ${printable(finding.expected, 500)}; seen ${printable(finding.seen, 500)}`
    for (const piece of wrap(text, width - GUTTER)) lines.push(`${blank} ${paint(piece)}`)
  }

  function marks(entry: TraceEntry): void {
    for (const finding of findings) if (finding.entry === entry.index) mark(finding)
  }

  for (const entry of trace.entries) {
    const shown = rungs.get(entry.index) ?? []
    for (const [at, rung] of shown.entries()) {
      lines.push((at === 0 ? gutter(entry) : `${blank} `) + arrow(rung, inner, colours))
      for (const detail of rung.details) between(detail)
      for (const oddity of rung.oddities) between(`* ${oddity}`, colours.yellow)
    }
    if (shown.length === 0) {
      const [text, paint] = remarkOf(entry, colours)
      if (text === undefined) {
        if (marked.has(entry.index)) lines.push(`${gutter(entry)}│`)
      } else
        for (const [at, piece] of wrap(text, inner - 2).entries())
          lines.push(`${at === 0 ? gutter(entry) : `${blank} `}│ ${paint(piece)}`)
    }
    marks(entry)
  }
  const known = new Set(trace.entries.map((entry) => entry.index))
  for (const finding of findings) if (finding.entry === undefined || !known.has(finding.entry)) mark(finding)
  return `${lines.join('\n')}\n`
}

type Colours = ReturnType<typeof picocolors.createColors>

function arrow(rung: Rung, inner: number, colours: Colours): string {
  const label = clip(rung.label, inner - 8)
  const line = '─'.repeat(Math.max(1, inner - label.length - 7))
  const bold = colours.bold(label)
  // An arrow with an open end: the packet arrives later or never, or left earlier.
  const tail = rung.only === 'received' ? ' ┄' : '──'
  if (rung.from === 'tester') return `│${tail} ${bold} ${line}${rung.only === 'sent' ? '┄  ' : '──▶'}│`
  return `│${rung.only === 'sent' ? '  ┄' : '◀──'}${line} ${bold} ${rung.only === 'received' ? '┄ ' : tail}│`
}

/** Formats an entry that is not an arrow. */
function remarkOf(
  entry: TraceEntry,
  colours: Colours,
): readonly [string | undefined, (text: string) => string] {
  switch (entry.kind) {
    case 'note':
      return [`# ${printable(entry.text, 500)}`, colours.cyan]
    case 'tcp-gap':
      return [
        `octets from ${entry.from} are missing from here on: ${printable(entry.detail)}`,
        colours.magenta,
      ]
    case 'impairment':
      return [`~ ${describeImpairment(entry)} (entry ${entry.of})`, colours.magenta]
    case 'gre-error':
      return [`GRE: the system reports ${printable(entry.detail)}`, colours.magenta]
    default:
      return [undefined, colours.dim]
  }
}

function rungsOf({ trace, parts }: ReadTrace, several: boolean, detailed: boolean): Map<number, Rung[]> {
  const rungs = new Map<number, Rung[]>()
  const add = (rung: Rung): void => {
    const list = rungs.get(rung.entry.index) ?? []
    list.push(rung)
    rungs.set(rung.entry.index, list)
  }
  const testers = new Set(
    trace.entries.flatMap((entry) =>
      entry.kind === 'gre' ? [entry.tester] : entry.kind === 'tcp-open' ? [entry.tester.address] : [],
    ),
  )
  /** Names the tester's address of a packet if the tester uses several or claims a false one. */
  const addressed = (entry: TraceEntry) =>
    entry.kind !== 'gre' || testers.size < 2
      ? ''
      : ` ${entry.from === 'tester' ? 'from' : 'to'} ${printable(entry.tester)}`
  const numbered = (text: string, connection: number) => (several ? `${text} [${connection}]` : text)

  for (const entry of trace.entries) {
    const plain = { entry, details: [], oddities: [] }
    if (entry.kind === 'tcp-open')
      add({
        ...plain,
        from: entry.opener,
        label: numbered(
          `TCP open, ${printable(entry.tester.address)}:${entry.tester.port} and ${printable(entry.iut.address)}:${entry.iut.port}`,
          entry.connection,
        ),
      })
    else if (entry.kind === 'tcp-refused')
      add({
        ...plain,
        from: 'tester',
        label: `TCP to ${printable(entry.iut.address)}:${entry.iut.port} not opened: ${printable(entry.detail)}`,
      })
    else if (entry.kind === 'tcp-end')
      add({ ...plain, from: entry.from, label: numbered('FIN', entry.connection) })
    else if (entry.kind === 'tcp-reset')
      add({
        ...plain,
        from: entry.from,
        label: numbered(`RST, ${printable(entry.detail)}`, entry.connection),
      })
  }
  for (const part of parts) {
    if (part.kind === 'gre') {
      const rung = greRung(part, detailed)
      add({ ...rung, label: `${rung.label}${addressed(part.entry)}` })
    } else {
      const rung = stretchRung(part, detailed)
      add({ ...rung, label: numbered(rung.label, part.connection) })
    }
  }
  return rungs
}

/** Joins each run of similar loose octets into one arrow, except those that a finding is about. */
function folded(
  entries: readonly TraceEntry[],
  rungs: ReadonlyMap<number, readonly Rung[]>,
  marked: ReadonlySet<number | undefined>,
): ReadonlyMap<number, readonly Rung[]> {
  const result = new Map(rungs)
  let run: Rung[] = []
  const close = (): void => {
    const [first] = run
    const last = run.at(-1)
    if (first !== undefined && last !== undefined && run.length > MOST_ALIKE) {
      for (const { entry } of run) result.delete(entry.index)
      const label = `${first.label}, ${run.length} times, entries ${first.entry.index} to ${last.entry.index}`
      result.set(first.entry.index, [{ ...first, label }])
    }
    run = []
  }
  for (const entry of entries) {
    const shown = rungs.get(entry.index) ?? []
    // It carries part of a message; the message is shown at the entry that completes it.
    if (shown.length === 0 && entry.kind === 'tcp-data' && !marked.has(entry.index)) continue
    const [rung] = shown
    if (rung?.loose !== true || shown.length > 1 || marked.has(entry.index)) {
      close()
      continue
    }
    const [first] = run
    if (first !== undefined && !isAlike(first, rung)) close()
    run.push(rung)
  }
  close()
  return result
}

function isAlike(a: Rung, b: Rung): boolean {
  const said = ({ from, label, details, oddities }: Rung) => JSON.stringify([from, label, details, oddities])
  return said(a) === said(b)
}

function stretchRung(part: Exclude<TraceMessage, { kind: 'gre' }> | LooseOctets, detailed: boolean): Rung {
  const { entry, from, octets, carriedBy } = part
  const pieces =
    carriedBy.length > 1 ? [`delivered in ${carriedBy.length} pieces since entry ${carriedBy[0]}`] : []
  const hex = detailed ? [hexOf(octets)] : []
  switch (part.kind) {
    case 'control': {
      const { message } = part
      const label =
        message.name === 'unrecognized'
          ? `${message.claims ?? `type ${message.controlMessageType}`}, ${octetsInWords(octets)}`
          : message.name
      return {
        entry,
        from,
        label,
        details: [
          ...fieldLines(message, detailed),
          ...(message.name === 'unrecognized' ? hex : []),
          ...pieces,
        ],
        oddities: oddities(message),
      }
    }
    case 'out-of-step':
      return {
        entry,
        from,
        label: octetsInWords(octets),
        details: [...hex, ...pieces],
        oddities: [`out of step: ${printable(part.detail)}`],
      }
    case 'loose':
      return {
        entry,
        from,
        label: octetsInWords(octets),
        details: [...hex, ...pieces],
        oddities: [LOOSE_IN_WORDS[part.why]],
        loose: true,
      }
  }
}

function greRung(part: TraceMessage & { readonly kind: 'gre' }, detailed: boolean): Rung {
  const { entry, from, packet, octets } = part
  const only = entry.kind === 'gre' ? entry.only : undefined
  if (packet.kind === 'unrecognized-gre')
    return {
      entry,
      from,
      only,
      label: `GRE, ${octetsInWords(octets)}`,
      details: detailed ? [hexOf(octets)] : [],
      oddities: [printable(packet.reason)],
    }
  return {
    entry,
    from,
    only,
    label: `GRE ${greNumbers(packet)}${inFragments(entry)}`,
    details: [...payloadLine(packet), ...(detailed ? [hexOf(octets)] : [])],
    oddities: greOddities(packet),
  }
}

function hexOf(octets: Uint8Array): string {
  const shown = toHex(octets.subarray(0, OCTETS_SHOWN)).replace(/(.{8})(?=.)/g, '$1 ')
  return octets.length > OCTETS_SHOWN ? `${shown} … ${octets.length} octets` : shown
}

/** Lines of at most `width` characters, cut at spaces where there are any. */
function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let rest = text
  while (rest.length > width) {
    const space = rest.lastIndexOf(' ', width)
    const at = space > width / 2 ? space : width
    lines.push(rest.slice(0, at))
    rest = rest.slice(at).trimStart()
  }
  return [...lines, rest]
}

function clip(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text
}
