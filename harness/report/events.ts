import { UsageError } from '../errors/errors.ts'
import { readNamedText } from '../files/named-file.ts'
import { printable } from '../protocol/octets.ts'
import { eventSchema, type RunEvent } from '../runner/events.ts'

/**
 * Reads a run's events.ndjson. An incomplete last line, which a killed run leaves, is left out.
 * @throws UsageError when the file cannot be read, or a line is not an event; the message names the
 * line.
 */
export function readEvents(file: string): readonly RunEvent[] {
  const remedy = 'Name a results directory that pptpspec run has written'
  return parseEvents(readNamedText(file, { remedy }), file)
}

/**
 * Like `readEvents`, from text.
 * @param source the name of the text in messages.
 */
export function parseEvents(text: string, source: string): readonly RunEvent[] {
  const lines = text.split('\n')
  const events: RunEvent[] = []
  for (const [at, line] of lines.entries()) {
    if (line.trim() === '') continue
    let value: unknown
    try {
      value = JSON.parse(line)
    } catch (error) {
      // Each event ends with a newline: only the very end of the file can be half an event.
      if (at === lines.length - 1) break
      throw notAnEvent(source, at, 'it is not JSON', { cause: error })
    }
    const written = formatOf(value)
    if (written !== undefined && written > FORMAT)
      throw new UsageError(
        `${source} is of format ${written}, and this version of pptpspec reads format ${FORMAT}`,
        'Use the version of pptpspec that wrote it, or a newer one',
      )
    const parsed = eventSchema.safeParse(value)
    if (!parsed.success) {
      const [issue] = parsed.error.issues
      throw notAnEvent(source, at, `${issue?.path.join('.') || 'the line'}: ${issue?.message ?? 'not valid'}`)
    }
    // The unparsed value, so that fields of a later version are kept.
    events.push(value as RunEvent)
  }
  return events
}

/** The version of the event format that this version reads. */
const FORMAT = 2

/** Returns the format that the first event of a run names; undefined for any other value. */
function formatOf(value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null || !('kind' in value) || !('format' in value))
    return undefined
  return value.kind === 'run-started' && typeof value.format === 'number' ? value.format : undefined
}

function notAnEvent(source: string, line: number, why: string, options?: ErrorOptions): UsageError {
  return new UsageError(
    `${source}, line ${line + 1}, is not an event: ${printable(why)}`,
    'Give the events.ndjson of a run of this version, unchanged',
    options,
  )
}
