import { DISPATCHER_FAULTS } from './faults/arc/call-dispatcher.ts'
import { CALL_FAULTS } from './faults/arc/calls.ts'
import { CONTROL_CONNECTION_FAULTS } from './faults/arc/control-connection.ts'
import type { Fault } from './faults/fault.ts'
import { CALL_POLICY_FAULTS } from './faults/policy/calls.ts'
import { CONNECTION_FAULTS } from './faults/policy/connections.ts'
import { PPP_POLICY_FAULTS } from './faults/policy/ppp.ts'
import { TUNNEL_FAULTS } from './faults/policy/tunnel.ts'
import { FRAMING_FAULTS } from './faults/reading/framing.ts'
import { GRE_READING_FAULTS } from './faults/reading/gre.ts'
import { MESSAGE_READING_FAULTS } from './faults/reading/messages.ts'
import { PPP_READING_FAULTS } from './faults/reading/ppp.ts'
import { WAIT_FAULTS } from './faults/setting/waits.ts'
import { CALL_END_FAULTS } from './faults/writing/call-end.ts'
import { GRE_WRITING_FAULTS } from './faults/writing/gre.ts'
import { HEADER_FAULTS } from './faults/writing/headers.ts'
import { INCOMING_CALL_FAULTS } from './faults/writing/incoming-calls.ts'
import { KEEP_ALIVE_AND_STOP_FAULTS } from './faults/writing/keep-alive-and-stop.ts'
import { OUTGOING_CALL_FAULTS } from './faults/writing/outgoing-calls.ts'
import { PPP_WRITING_FAULTS } from './faults/writing/ppp.ts'
import { START_FAULTS } from './faults/writing/start.ts'

/** The faults of PPP; only a scenario with a whole session shows them. */
export const PPP_MUTANTS = { ...PPP_READING_FAULTS, ...PPP_WRITING_FAULTS, ...PPP_POLICY_FAULTS }

const FAULTS = {
  // Arcs
  ...CONTROL_CONNECTION_FAULTS,
  ...DISPATCHER_FAULTS,
  ...CALL_FAULTS,
  // Settings
  ...WAIT_FAULTS,
  // Reading
  ...FRAMING_FAULTS,
  ...MESSAGE_READING_FAULTS,
  ...GRE_READING_FAULTS,
  // Writing
  ...HEADER_FAULTS,
  ...START_FAULTS,
  ...KEEP_ALIVE_AND_STOP_FAULTS,
  ...OUTGOING_CALL_FAULTS,
  ...INCOMING_CALL_FAULTS,
  ...CALL_END_FAULTS,
  ...GRE_WRITING_FAULTS,
  // Policy
  ...CONNECTION_FAULTS,
  ...CALL_POLICY_FAULTS,
  ...TUNNEL_FAULTS,
  ...PPP_MUTANTS,
} satisfies Record<string, Fault>

export type MutantName = keyof typeof FAULTS

/** Every fault that the reference can be given, by name. */
export const MUTANTS: Readonly<Record<MutantName, Fault>> = FAULTS

export const MUTANT_NAMES = Object.keys(MUTANTS) as MutantName[]

/** Returns the end of the control connection at which the mutant's fault shows. */
export function sideOf(name: MutantName): 'recipient' | 'originator' {
  return MUTANTS[name].iut ?? 'recipient'
}

export function isMutantName(name: string): name is MutantName {
  return Object.hasOwn(MUTANTS, name)
}
