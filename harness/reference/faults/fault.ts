import type { Arcs } from '../arcs.ts'
import type { Mutant } from '../mutant.ts'
import type { Policy } from '../policy.ts'
import type { Reading } from '../reading.ts'
import type { Setting } from '../setting.ts'
import type { Writing } from '../writing.ts'

/** Every function of the five seams; no two have one name. */
type Functions = Arcs & Setting & Reading & Writing & Policy

/**
 * Functions of the seams, answered otherwise. Each is handed the usual answer first, and returns
 * that very answer where the fault has nothing to say.
 */
export type Instead = {
  readonly [Name in keyof Functions]?: Functions[Name] extends (...question: infer Question) => infer Answer
    ? (usual: Answer, ...question: Question) => Answer
    : never
}

/** A mutant, and what makes it one. */
export interface Fault extends Mutant {
  /** A function makes it anew for each play, where it has to remember something. */
  readonly instead: Instead | (() => Instead)
}
