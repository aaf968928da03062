import type { CallOccasion, CallStep } from './call-effects.ts'
import type { ControlOccasion, ControlStep } from './control-model.ts'
import type { DispatcherOccasion, DispatcherStep } from './dispatcher-model.ts'
import { CALL_TABLES, CONTROL_TABLES, DISPATCHER_TABLE } from './tables.ts'
import { arcFor } from './transition.ts'

/**
 * Finds the arcs that the machines of section 3 take. Undefined where the table has none: the input
 * is ignored.
 */
export interface Arcs {
  controlStep(occasion: ControlOccasion): ControlStep | undefined
  callStep(occasion: CallOccasion): CallStep | undefined
  dispatcherStep(occasion: DispatcherOccasion): DispatcherStep | undefined
}

export const ARCS: Arcs = {
  controlStep: ({ end, state, input }) => arcFor(CONTROL_TABLES[end], state, input),
  callStep: ({ role, state, input }) => arcFor(CALL_TABLES[role], state, input),
  dispatcherStep: ({ named, input }) => arcFor(DISPATCHER_TABLE, named, input),
}
