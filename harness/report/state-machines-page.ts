import {
  DISPATCHER_TABLE,
  ORIGINATOR_TABLE,
  PAC_INCOMING_TABLE,
  PAC_OUTGOING_TABLE,
  PNS_INCOMING_TABLE,
  PNS_OUTGOING_TABLE,
  RECIPIENT_TABLE,
} from '../reference/tables.ts'
import type { Arc } from '../reference/transition.ts'

type AnyArc = Arc<string, string, string>

/** The six figures of RFC 2637 section 3, made from the tables of the reference. */
const MACHINES: readonly {
  readonly title: string
  readonly section: string
  readonly table: readonly AnyArc[]
}[] = [
  { title: 'Control connection, originator', section: '3.1.1', table: ORIGINATOR_TABLE },
  { title: 'Control connection, recipient', section: '3.1.2', table: RECIPIENT_TABLE },
  { title: 'Incoming call, PAC', section: '3.2.3.1', table: PAC_INCOMING_TABLE },
  { title: 'Incoming call, PNS', section: '3.2.3.2', table: PNS_INCOMING_TABLE },
  { title: 'Outgoing call, PAC', section: '3.2.4.1', table: PAC_OUTGOING_TABLE },
  { title: 'Outgoing call, PNS', section: '3.2.4.2', table: PNS_OUTGOING_TABLE },
]

/** The most inputs at one arrow of a figure; the table below the figure has all of them. */
const SHOWN = 3

/** Writes docs/state-machines.md: each machine as a figure, and all of its arcs in a table. */
export function stateMachinesPage(): string {
  return [
    '# The state machines of the reference',
    '',
    '<!-- from harness/reference/tables.ts, npm run docs -->',
    '',
    'The reference runs on the tables from which these figures are drawn, so each arc here is one that it takes. Names of states are those of the RFC',
    "with dashes. What the actions do is in `harness/reference/control-actions.ts`, `call-actions.ts` and `call-dispatcher.ts`. The RFC's way back to idle is `closed` for a control connection and `released` for a call: what follows is a new one. `reading` is the interpretation",
    'on which an arc rests where the RFC leaves it open ([interpretations.md](interpretations.md)).',
    ...MACHINES.flatMap(({ title, section, table }) => [
      '',
      `## ${title} (section ${section})`,
      '',
      '```mermaid',
      'stateDiagram-v2',
      '  direction LR',
      ...arrows(table),
      '```',
      '',
      ...arcs('in state', table),
    ]),
    '',
    '## Which call a message is for (section 3.2)',
    '',
    'Before a message about a call gets to one of the four machines above, its connection looks for the call that it names.',
    '',
    ...arcs('it names', DISPATCHER_TABLE),
    '',
  ].join('\n')
}

/** Writes a table of all arcs. */
function arcs(from: string, table: readonly AnyArc[]): readonly string[] {
  return [
    `| ${from} | on | does | then | section | reading |`,
    '| --- | --- | --- | --- | --- | --- |',
    ...table.map(
      ({ from: state, input, action, to, section, reading }) =>
        `| ${state} | ${input} | ${action} | ${to} | ${section} | ${reading === undefined ? '' : `[${reading}](interpretations.md#${reading.toLowerCase()})`} |`,
    ),
  ]
}

/** Draws an arrow for each pair of states, with the inputs that lead from one to the other. */
function arrows(table: readonly AnyArc[]): readonly string[] {
  const first = table[0]?.from
  const inputs = new Map<string, string[]>()
  for (const { from, input, to } of table) {
    const key = `${nodeOf(from)} --> ${nodeOf(to)}`
    inputs.set(key, [...(inputs.get(key) ?? []), input])
  }
  return [
    ...(first === undefined ? [] : [`  [*] --> ${nodeOf(first)}`]),
    ...[...inputs].map(([arrow, all]) => {
      const more = all.length - SHOWN
      return `  ${arrow}: ${all.slice(0, SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
    }),
  ]
}

/** Returns the name of a state in a figure, where a dash would end the name. */
function nodeOf(state: string): string {
  return state.replaceAll('-', '_')
}
