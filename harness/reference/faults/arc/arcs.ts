import type { CallAct, CallOccasion } from '../../call-effects.ts'
import type { ControlAct, ControlOccasion } from '../../control-model.ts'
import type { DispatcherAct, DispatcherOccasion } from '../../dispatcher-model.ts'
import type {
  CallAction,
  CallInput,
  CallNamed,
  CallState,
  ControlAction,
  ControlInput,
  ControlState,
  DispatcherAction,
  DispatcherInput,
} from '../../tables.ts'
import type { Instead } from '../fault.ts'

/** Which arcs a fault replaces, and by what. */
interface Replaced<S extends string, I extends string, A extends string, Act, Occasion> {
  /** Any state unless given. */
  readonly from?: S | readonly S[]
  readonly input: I | readonly I[]
  /** Only there. */
  readonly when?: (occasion: Occasion) => boolean
  /** Nothing unless given. */
  readonly action?: A | Act
  /** The state stays as it is unless given. */
  readonly to?: S
}

export type ControlReplaced = Replaced<ControlState, ControlInput, ControlAction, ControlAct, ControlOccasion>
export type CallReplaced = Replaced<CallState, CallInput, CallAction, CallAct, CallOccasion>
export type DispatcherReplaced = Replaced<
  CallNamed,
  DispatcherInput,
  DispatcherAction,
  DispatcherAct,
  DispatcherOccasion
>

/** Does nothing. */
const nothing = (): void => {}

const isAmong = <T>(one: T, some: T | readonly T[] | undefined): boolean =>
  some === undefined || one === some || (Array.isArray(some) && some.includes(one))

/** Arcs of a control connection that do something else. */
export function controlArcs(...arcs: readonly ControlReplaced[]): Instead {
  return {
    controlStep(usual, occasion) {
      const arc = arcs.find(
        ({ from, input, when = () => true }) =>
          isAmong(occasion.state, from) && isAmong(occasion.input, input) && when(occasion),
      )
      if (usual === undefined || arc === undefined) return usual
      return { action: arc.action ?? nothing, to: arc.to ?? occasion.state }
    },
  }
}

/** Arcs of a call that do something else, or that the reference does not have. */
export function callArcs(...arcs: readonly CallReplaced[]): Instead {
  return {
    callStep(usual, occasion) {
      const arc = arcs.find(
        ({ from, input, when = () => true }) =>
          isAmong(occasion.state, from) && isAmong(occasion.input, input) && when(occasion),
      )
      return arc === undefined
        ? usual
        : { action: arc.action ?? nothing, to: arc.to ?? usual?.to ?? occasion.state }
    },
  }
}

/** Another way with a message about a call. */
export function dispatcherArcs(...arcs: readonly DispatcherReplaced[]): Instead {
  return {
    dispatcherStep(usual, occasion) {
      const arc = arcs.find(
        ({ from, input, when = () => true }) =>
          isAmong(occasion.named, from) && isAmong(occasion.input, input) && when(occasion),
      )
      return usual === undefined || arc === undefined
        ? usual
        : { action: arc.action ?? nothing, to: occasion.named }
    },
  }
}
