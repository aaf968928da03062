import type { Arcs } from '../arcs.ts'
import type { Mutant } from '../mutant.ts'
import type { Policy } from '../policy.ts'
import type { Reading } from '../reading.ts'
import type { Setting } from '../setting.ts'
import type { Writing } from '../writing.ts'

/** All functions of the five seams; their names are unique. */
type Functions = Arcs & Setting & Reading & Writing & Policy

/**
 * A fault's functions in place of functions of the seams. Each gets the reference's answer as its
 * first argument, and returns this same value where the fault has no effect.
 */
export type Instead = {
  readonly [Name in keyof Functions]?: Functions[Name] extends (...question: infer Question) => infer Answer
    ? (usual: Answer, ...question: Question) => Answer
    : never
}

/** A mutant's description and the functions by which it differs from the reference. */
export interface Fault extends Mutant {
  /** Functions with a memory are made by a function, which is called for each play. */
  readonly instead: Instead | (() => Instead)
}
