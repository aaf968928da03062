/**
 * Requirements on a middlebox. RFC 2637 does not mention middleboxes. These follow from its rules
 * for Call IDs (2.7, 2.8, 4.1), which must hold at both ends even if addresses are translated.
 */
export const MIDDLEBOX_REQUIREMENTS = {
  'middlebox/delivery': 'Each message of the control connection, and GRE of a call, reaches the other end.',
  'middlebox/messages':
    'The control connection reaches the other end unchanged except for Call IDs, with nothing added or lost.',
  'middlebox/call-ids':
    'A Call ID reaches the other end as the same number in every message that carries it.',
  'middlebox/gre-call-ids': 'GRE reaches an end with the Call ID that this end has assigned.',
  'middlebox/calls-apart':
    'Calls of clients that share one address beyond the middlebox have different Call IDs there.',
  'middlebox/again': 'After a call or a control connection has ended, another call can be placed.',
  'middlebox/idle': 'A call in which nothing was sent for a while still works.',
} as const satisfies Readonly<Record<string, string>>

export type MiddleboxRequirement = keyof typeof MIDDLEBOX_REQUIREMENTS

/** Requirements that only warn: no RFC says how long a middlebox must remember a silent call. */
const ADVISORY: ReadonlySet<MiddleboxRequirement> = new Set(['middlebox/idle'])

/** Returns the verdict of a violation of the requirement. */
export function whenBroken(requirement: MiddleboxRequirement): 'warn' | 'fail' {
  return ADVISORY.has(requirement) ? 'warn' : 'fail'
}

/** The requirements that comparing the two legs decides, whatever the ends are. */
export const LEG_REQUIREMENTS = [
  'middlebox/messages',
  'middlebox/call-ids',
  'middlebox/gre-call-ids',
  'middlebox/calls-apart',
] as const satisfies readonly MiddleboxRequirement[]

/** The monitor of pairs that compares the two legs of the router between them. */
export const LEGS_MONITOR = 'middlebox:legs'
