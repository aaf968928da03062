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

/** Describes the arcs that a fault replaces, and what happens in their place. */
interface Replaced<S extends string, I extends string, A extends string, Act, Occasion> {
  /** The states of these arcs; all states unless given. */
  readonly from?: S | readonly S[]
  readonly input: I | readonly I[]
  /** Whether the arc is replaced in this case; always unless given. */
  readonly when?: (occasion: Occasion) => boolean
  /** What is done instead; nothing unless given. */
  readonly action?: A | Act
  /** The next state instead; unless given, each function below has its own default. */
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

/** The action that does nothing. */
const nothing = (): void => {}

const isAmong = <T>(one: T, some: T | readonly T[] | undefined): boolean =>
  some === undefined || one === some || (Array.isArray(some) && some.includes(one))

/** Replaces arcs of a control connection; `to` is by default the state as it is. */
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

/**
 * Replaces arcs of a call, or adds arcs that the reference does not have; `to` is by default that
 * of the replaced arc.
 */
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

/** Replaces arcs of the dispatcher; the state stays as it is. */
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
