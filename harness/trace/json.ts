import { z } from 'zod'
import { UsageError } from '../errors/errors.ts'
import { describeControl } from '../protocol/control.ts'
import type { DecodedGre } from '../protocol/gre.ts'
import { fromHex, printable, toHex } from '../protocol/octets.ts'
import type { ReadTrace, TracePart } from './messages.ts'
import type { Trace, TraceEntry } from './trace.ts'

/** The version of the file format. */
const FORMAT = 1
const REMEDY = 'Give a trace.json that pptpspec wrote'

const side = z.enum(['tester', 'iut'])
const endpoint = z.object({ address: z.string(), port: z.number().int().min(0).max(0xffff) })
const connection = z.number().int().positive()
const octets = z.string().transform((hex, context) => {
  try {
    return fromHex(hex)
  } catch {
    context.addIssue({ code: 'custom', message: 'not hexadecimal octets' })
    return z.NEVER
  }
})
const common = { index: z.number().int().min(0), at: z.number().min(0) }

const entry = z.discriminatedUnion('kind', [
  z.object({
    ...common,
    kind: z.literal('tcp-open'),
    connection,
    opener: side,
    tester: endpoint,
    iut: endpoint,
  }),
  z.object({ ...common, kind: z.literal('tcp-refused'), iut: endpoint, detail: z.string() }),
  z.object({ ...common, kind: z.literal('tcp-data'), connection, from: side, octets }),
  z.object({ ...common, kind: z.literal('tcp-end'), connection, from: side }),
  z.object({ ...common, kind: z.literal('tcp-reset'), connection, from: side, detail: z.string() }),
  z.object({ ...common, kind: z.literal('tcp-gap'), connection, from: side, detail: z.string() }),
  z.object({
    ...common,
    kind: z.literal('gre'),
    from: side,
    tester: z.string(),
    iut: z.string(),
    octets,
    cut: z.number().int().positive().optional(),
    only: z.enum(['sent', 'received']).optional(),
    fragments: z
      .object({ size: z.number().int().positive().multipleOf(8), order: z.enum(['in-order', 'reversed']) })
      .optional(),
  }),
  z.object({
    ...common,
    kind: z.literal('impairment'),
    of: z.number().int().min(0),
    socket: z.number().int().min(0),
    direction: z.enum(['send', 'receive']),
    nth: z.number().int().min(0),
    action: z.enum(['lose', 'duplicate', 'reorder', 'delay']),
    by: z.number().min(0),
  }),
  z.object({ ...common, kind: z.literal('gre-error'), detail: z.string() }),
  z.object({ ...common, kind: z.literal('note'), text: z.string() }),
])

const file = z.object({
  kind: z.literal('pptpspec-trace'),
  format: z.literal(FORMAT),
  startedAt: z.number(),
  entries: z.array(entry),
})

/**
 * Formats a trace as JSON, one entry on each line. Octets are hexadecimal. `decoded`, beside the
 * entry that completed a message, is for readers and is ignored when the file is read.
 */
export function traceToJson({ trace, parts }: ReadTrace): string {
  const decoded = decodings(parts)
  const lines = trace.entries.map((entry) => {
    const plain = plainEntry(entry)
    const messages = decoded.get(entry.index)
    return JSON.stringify(messages === undefined ? plain : { ...plain, decoded: messages })
  })
  return `{"kind":"pptpspec-trace","format":${FORMAT},"startedAt":${trace.startedAt},"entries":[\n${lines.join(',\n')}\n]}\n`
}

/** Makes a JSON value from a trace, without decoded messages. `traceFromValue` reads it. */
export function plainTrace({ startedAt, entries }: Trace): object {
  return { kind: 'pptpspec-trace', format: FORMAT, startedAt, entries: entries.map(plainEntry) }
}

function plainEntry(entry: TraceEntry): object {
  return 'octets' in entry ? { ...entry, octets: toHex(entry.octets) } : entry
}

/**
 * Reads what `traceToJson` wrote.
 * @param source the file's name, for error messages.
 * @throws UsageError when the text is not a complete, valid trace; the message says what is wrong.
 */
export function traceFromJson(text: string, source: string): Trace {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    const cause = text.trimEnd().endsWith('}') ? 'not JSON' : 'not JSON: it ends early'
    throw new UsageError(`${source} is ${cause}`, REMEDY, { cause: error })
  }
  return traceFromValue(value, source)
}

/**
 * Reads a trace from a value that was JSON.
 * @param source the file's name, for error messages.
 * @throws UsageError when the value is not a complete, valid trace.
 */
export function traceFromValue(value: unknown, source: string): Trace {
  const parsed = file.safeParse(value)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const where = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.join('.')}`
    throw new UsageError(
      `${source} is not a trace${where}: ${printable(issue?.message ?? 'unknown problem')}`,
      REMEDY,
    )
  }
  const { startedAt, entries } = parsed.data
  // Findings name entries by index, so a file with missing or reordered entries would show wrong
  // ones.
  const misplaced = entries.findIndex((candidate, at) => candidate.index !== at)
  if (misplaced !== -1)
    throw new UsageError(
      `${source} is not a trace at entries.${misplaced}: its index is ${entries[misplaced]?.index}`,
      REMEDY,
    )
  return { startedAt, entries: entries satisfies readonly TraceEntry[] }
}

function decodings(parts: readonly TracePart[]): Map<number, object[]> {
  const found = new Map<number, object[]>()
  for (const part of parts) {
    const list = found.get(part.entry.index) ?? []
    found.set(part.entry.index, list)
    switch (part.kind) {
      case 'control':
        list.push({
          message: part.message.name,
          ...(part.message.name === 'unrecognized' ? { reason: part.message.reason } : {}),
          fields: Object.fromEntries(
            describeControl(part.message).map((field) => [field.label, field.shown]),
          ),
        })
        break
      case 'out-of-step':
        list.push({ 'out-of-step': part.detail })
        break
      case 'loose':
        list.push({ loose: part.why, octets: part.octets.length })
        break
      case 'gre':
        list.push({ gre: greSummary(part.packet) })
    }
  }
  return found
}

function greSummary(packet: DecodedGre): object {
  if (packet.kind === 'unrecognized-gre') return { reason: packet.reason }
  const { kind, payload, trailing, ...header } = packet
  return { ...header, payload: payload.length, trailing: trailing.length }
}
