/**
 * Requirements on a middlebox. RFC 2637 does not mention any: these follow from its rules for Call
 * IDs (2.7, 2.8, 4.1), which must hold for both ends of a translator of addresses.
 */
export const MIDDLEBOX_REQUIREMENTS = {
  'middlebox/delivery':
    'What one end sends in the control connection, or as GRE in a call, reaches the other end.',
  'middlebox/messages':
    'Nothing in the control connection is changed on the way but Call IDs, and nothing is added or lost.',
  'middlebox/call-ids': 'A Call ID is told to the other end as one number, in every message that carries it.',
  'middlebox/gre-call-ids': 'GRE carries the Call ID that the end which receives it has assigned.',
  'middlebox/calls-apart':
    'Calls of several clients that have one address beyond the middlebox have different Call IDs there.',
  'middlebox/again': 'After a call or a control connection has ended, another call can be placed.',
  'middlebox/idle': 'A call in which nothing was sent for a while still works.',
} as const satisfies Readonly<Record<string, string>>

export type MiddleboxRequirement = keyof typeof MIDDLEBOX_REQUIREMENTS

/** No RFC says for how long a silent call has to be remembered. */
const ADVISORY: ReadonlySet<MiddleboxRequirement> = new Set(['middlebox/idle'])

/** The verdict of a violation. */
export function whenBroken(requirement: MiddleboxRequirement): 'warn' | 'fail' {
  return ADVISORY.has(requirement) ? 'warn' : 'fail'
}

/** The requirements that can be judged by comparing the two legs, with any ends. */
export const LEG_REQUIREMENTS = [
  'middlebox/messages',
  'middlebox/call-ids',
  'middlebox/gre-call-ids',
  'middlebox/calls-apart',
] as const satisfies readonly MiddleboxRequirement[]

/** The monitor of pairs that compares the two legs of the router between them. */
export const LEGS_MONITOR = 'middlebox:legs'
