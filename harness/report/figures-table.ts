import { ORIGINATOR_TABLE, RECIPIENT_TABLE } from '../reference/tables.ts'
import { type Arc, arcFor } from '../reference/transition.ts'

/** An arc of a figure of section 3.1 in our words, with the state and input of its row. */
interface FigureArc {
  readonly says: string
  readonly from: string
  readonly input: string
}

/** The two figures of section 3.1, arc by arc. A test checks that every arc is a row. */
export const FIGURES: readonly {
  readonly title: string
  readonly table: readonly Arc<string, string, string>[]
  readonly arcs: readonly FigureArc[]
}[] = [
  {
    title: 'Section 3.1.1, originator',
    table: ORIGINATOR_TABLE,
    arcs: [
      { says: 'TCP is open: sends Start-Control-Connection-Request', from: 'idle', input: 'tcp-open' },
      { says: 'a collision that it loses: closes', from: 'wait-ctl-reply', input: 'collision-lost' },
      {
        says: 'a start reply with a supported version',
        from: 'wait-ctl-reply',
        input: 'start-reply-accepted',
      },
      {
        says: 'a start reply with an unsupported version: asks to stop',
        from: 'wait-ctl-reply',
        input: 'start-reply-version-unsupported',
      },
      {
        says: 'local termination: sends Stop-Control-Connection-Request',
        from: 'established',
        input: 'local-stop',
      },
      {
        says: 'a stop request: replies and closes (stated in the text; the figure has no arc for it)',
        from: 'established',
        input: 'stop-request',
      },
      { says: 'the stop reply: closes', from: 'wait-stop-reply', input: 'stop-reply' },
      { says: 'a stop request that crosses ours', from: 'wait-stop-reply', input: 'stop-request' },
    ],
  },
  {
    title: 'Section 3.1.2, recipient',
    table: RECIPIENT_TABLE,
    arcs: [
      { says: 'a start request with a supported version: replies', from: 'idle', input: 'start-request' },
      {
        says: 'a start request with an unsupported version: replies with an error',
        from: 'idle',
        input: 'start-request-older-version',
      },
      {
        says: 'a start request on the connection that loses a collision: nothing is sent (section 3.1.3)',
        from: 'idle',
        input: 'start-request-collision-won',
      },
      {
        says: 'local termination: sends Stop-Control-Connection-Request',
        from: 'established',
        input: 'local-stop',
      },
      { says: 'a stop request: replies and closes', from: 'established', input: 'stop-request' },
      { says: 'the stop reply: closes', from: 'wait-stop-reply', input: 'stop-reply' },
    ],
  },
]

/**
 * Writes the figures of section 3.1, beside the rows and the code that implement them, as HTML.
 * @param source the text of control-actions.ts.
 * @throws RangeError for an arc without a row, and for an action without code.
 */
export function figuresTable(source: string): string {
  return FIGURES.flatMap(({ title, table, arcs }) => [
    '<table>',
    `<tr><th>${title}</th><th>row of the table</th><th>what its action does</th></tr>`,
    ...arcs.map(({ says, from, input }) => {
      const row = arcFor(table, from, input)
      if (row === undefined) throw new RangeError(`no arc leads from ${from} on ${input}`)
      const { action, to } = row
      const code = escaped(codeOf(action, source))
      return `<tr><td>${from}: ${says}</td><td>${from}, ${input}: ${action}, then ${to}</td><td><pre>${code}</pre></td></tr>`
    }),
    '</table>',
    '',
  ])
    .join('\n')
    .trimEnd()
}

/** Returns the code of an action: the lines from its name to that of the next action. */
function codeOf(action: string, source: string): string {
  const lines = source.split('\n')
  const begins = (line: string) => /^ {2}('[\w-]+'|\w+)[(:]/.test(line)
  const first = lines.findIndex((line) => begins(line) && nameIn(line) === action)
  if (first === -1) throw new RangeError(`control-actions.ts has no action ${action}`)
  const rest = lines.slice(first + 1).findIndex((line) => begins(line) || line === '}')
  const own = lines.slice(first, first + 1 + rest).map((line) => line.slice(2))
  // If the line only names a constant, that constant holds the code.
  const shared = /: (\w+),$/.exec(own[0] ?? '')?.[1]
  if (shared === undefined || own.length > 1) return own.join('\n')
  const at = lines.findIndex((line) => line.startsWith(`const ${shared}`))
  return at === -1 ? own.join('\n') : lines.slice(at, lines.indexOf('}', at) + 1).join('\n')
}

/** Returns the property name with which a line of an object begins. */
function nameIn(line: string): string | undefined {
  return /^ *'?([\w-]+)'?[(:]/.exec(line)?.[1]
}

/** Escapes code for a `pre` in a Markdown page, where an empty line would end the table. */
function escaped(code: string): string {
  return code
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\n\n', '\n')
}
