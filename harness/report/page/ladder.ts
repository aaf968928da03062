import { fromHex, printable } from '../../protocol/octets.ts'
import {
  fieldLines,
  greNumbers,
  greOddities,
  inFragments,
  LOOSE_IN_WORDS,
  octetsInWords,
  oddities,
  payloadLine,
} from '../../trace/arrow-text.ts'
import { describeImpairment } from '../../trace/impaired-path.ts'
import { type ReadTrace, readTrace, type TracePart } from '../../trace/messages.ts'
import type { Passage, Side, TraceEntry } from '../../trace/trace.ts'
import type { PageFinding, PageTrace, PlainEntry } from './data.ts'

/**
 * The ladder of one case as rows. It is made in the page, from the octets that the page holds. The
 * texts of a `PageTrace` are inert; texts made from octets are printable.
 */

interface Common {
  /** Names the row within its case, for links: the entry's index, and a number after the first. */
  readonly id: string
  readonly entry: number
  /** ms since the trace began. */
  readonly at: number
  /** Findings that this entry shows. */
  readonly findings: readonly PageFinding[]
}

/** An arrow: a message, a packet, or octets that belong to none. */
export interface PacketRow extends Common {
  readonly kind: 'packet'
  /** Which protocol: a control message, bare GRE, GRE with a PPP frame, or octets of TCP. */
  readonly layer: 'control' | 'gre' | 'ppp' | 'octets'
  readonly from: Side
  readonly label: string
  readonly detail: string
  readonly oddities: readonly string[]
  /** Which end of an impaired path saw it; undefined when both did. */
  readonly only: Passage | undefined
  readonly part: TracePart
}

/** An event of TCP. */
export interface TcpRow extends Common {
  readonly kind: 'tcp'
  readonly event: 'open' | 'refused' | 'fin' | 'rst'
  readonly from: Side
  readonly label: string
}

/** What is not an arrow: a remark of the tester, missing octets, a decision of an impairment. */
export interface RemarkRow extends Common {
  readonly kind: 'remark'
  readonly text: string
}

export type PlainRow = PacketRow | TcpRow | RemarkRow

/** Many like packets in a row. */
export interface FoldRow extends Pick<Common, 'id' | 'entry' | 'at'> {
  readonly kind: 'fold'
  readonly label: string
  readonly rows: readonly PacketRow[]
}

export type LadderRow = PlainRow | FoldRow

/** Reads a trace of the page. */
export function readPageTrace({ startedAt, entries }: PageTrace): ReadTrace {
  return readTrace({ startedAt, entries: entries.map(entryOf) })
}

function entryOf(plain: PlainEntry): TraceEntry {
  return ('octets' in plain ? { ...plain, octets: fromHex(plain.octets) } : plain) as TraceEntry
}

/** Makes the rows of a ladder, in order, none of them folded. */
export function ladderRows(
  { trace, parts }: ReadTrace,
  findings: readonly PageFinding[],
): readonly PlainRow[] {
  const several = trace.entries.some((entry) => 'connection' in entry && entry.connection > 1)
  const numbered = (text: string, connection: number) => (several ? `${text} [${connection}]` : text)
  const partsOf = new Map<number, TracePart[]>()
  for (const part of parts) {
    const list = partsOf.get(part.entry.index)
    if (list === undefined) partsOf.set(part.entry.index, [part])
    else list.push(part)
  }
  const byEntry = new Map<number | undefined, PageFinding[]>()
  for (const finding of findings)
    if (finding.verdict !== 'pass')
      byEntry.set(finding.entry, [...(byEntry.get(finding.entry) ?? []), finding])
  return trace.entries.flatMap((entry): readonly PlainRow[] => {
    const common: Common = {
      id: String(entry.index),
      entry: entry.index,
      at: entry.at,
      findings: byEntry.get(entry.index) ?? [],
    }
    const own = partsOf.get(entry.index) ?? []
    const rows = own.map((part, at): PacketRow => {
      const row = packetRow(part, { ...common, id: at === 0 ? common.id : `${entry.index}.${at}` })
      return part.kind === 'gre' ? row : { ...row, label: numbered(row.label, part.connection) }
    })
    if (rows.length > 0) return rows
    const other = otherRow(entry, common, numbered)
    return other === undefined ? [] : [other]
  })
}

/** Makes the row of an entry that no part shows; undefined for octets that later entries show. */
function otherRow(
  entry: TraceEntry,
  common: Common,
  numbered: (text: string, connection: number) => string,
): PlainRow | undefined {
  const tcp = (event: TcpRow['event'], from: Side, label: string): TcpRow => ({
    ...common,
    kind: 'tcp',
    event,
    from,
    label,
  })
  const remark = (text: string): RemarkRow => ({ ...common, kind: 'remark', text })
  switch (entry.kind) {
    case 'tcp-open': {
      const { port } = entry.opener === 'tester' ? entry.iut : entry.tester
      return tcp('open', entry.opener, numbered(`SYN: TCP opens, to port ${port}`, entry.connection))
    }
    case 'tcp-refused':
      return tcp('refused', 'tester', `SYN: TCP not opened, ${entry.detail}`)
    case 'tcp-end':
      return tcp('fin', entry.from, numbered('FIN', entry.connection))
    case 'tcp-reset':
      return tcp('rst', entry.from, numbered(`RST, ${entry.detail}`, entry.connection))
    case 'tcp-gap':
      return remark(`octets are missing from here on: ${entry.detail}`)
    case 'impairment':
      return remark(`${describeImpairment(entry)} (packet ${entry.of})`)
    case 'gre-error':
      return remark(`GRE: the system reports ${entry.detail}`)
    case 'note':
      return remark(entry.text)
    default:
      return common.findings.length === 0 ? undefined : remark('a part of a message')
  }
}

function packetRow(part: TracePart, common: Common): PacketRow {
  const { entry, from, octets } = part
  const row = {
    ...common,
    kind: 'packet',
    from,
    part,
    only: entry.kind === 'gre' ? entry.only : undefined,
  } as const
  switch (part.kind) {
    case 'control': {
      const { message } = part
      const label =
        message.name === 'unrecognized'
          ? `${message.claims ?? `type ${message.controlMessageType}`}, ${octetsInWords(octets)}`
          : message.name
      const pieces = part.carriedBy.length > 1 ? [`in ${part.carriedBy.length} pieces`] : []
      const detail = [...fieldLines(message, false), ...pieces].join(', ')
      return { ...row, layer: 'control', label, detail, oddities: oddities(message) }
    }
    case 'out-of-step':
      return {
        ...row,
        layer: 'octets',
        label: octetsInWords(octets),
        detail: '',
        oddities: [`out of step: ${printable(part.detail)}`],
      }
    case 'loose':
      return {
        ...row,
        layer: 'octets',
        label: octetsInWords(octets),
        detail: LOOSE_IN_WORDS[part.why],
        oddities: [],
      }
    case 'gre': {
      const { packet } = part
      if (packet.kind === 'unrecognized-gre')
        return {
          ...row,
          layer: 'gre',
          label: `GRE, ${octetsInWords(octets)}`,
          detail: '',
          oddities: [printable(packet.reason)],
        }
      const numbers = `GRE ${greNumbers(packet)}${inFragments(entry)}`
      const [payload] = payloadLine(packet)
      const broken = greOddities(packet)
      return payload === undefined
        ? { ...row, layer: 'gre', label: numbers, detail: 'no payload', oddities: broken }
        : { ...row, layer: 'ppp', label: payload, detail: numbers, oddities: broken }
    }
  }
}

/** The fewest like packets in a row that become one row. */
export const FEWEST_FOLDED = 6
/** The most kinds of packets in a fold: data one way, and acknowledgments or data the other. */
const MOST_KINDS = 2

/** Joins runs of like packets. Packets that findings name, or that break rules, stay alone. */
export function folded(rows: readonly PlainRow[]): readonly LadderRow[] {
  const result: LadderRow[] = []
  let run: PacketRow[] = []
  let kinds = new Map<string, number>()
  const close = (): void => {
    const [first] = run
    const last = run.at(-1)
    if (first === undefined || last === undefined || run.length < FEWEST_FOLDED) result.push(...run)
    else
      result.push({
        kind: 'fold',
        id: first.id,
        entry: first.entry,
        at: first.at,
        rows: run,
        label: [...kinds].map(([kind, count]) => `${count} × ${kind}`).join(', '),
      })
    run = []
    kinds = new Map()
  }
  for (const row of rows) {
    if (row.kind !== 'packet' || row.findings.length > 0 || row.oddities.length > 0) {
      close()
      result.push(row)
      continue
    }
    const kind = kindOf(row)
    if (!kinds.has(kind) && kinds.size >= MOST_KINDS) close()
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
    run.push(row)
  }
  close()
  return result
}

/** Names a packet without its numbers: packets with the same name are alike. */
function kindOf({ label, layer, from }: PacketRow): string {
  const who = from === 'tester' ? 'from the tester' : 'from the implementation'
  const name = layer === 'gre' ? 'GRE acknowledgment' : label.replace(/ id \d+$| \[\d+\]$/, '')
  return `${name} ${who}`
}
