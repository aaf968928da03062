import type { Instead } from './faults/fault.ts'
import { MUTANT_NAMES, MUTANTS, type MutantName } from './mutants.ts'
import { SEAMS, type Seams } from './seams.ts'

/** The seams of one play, with or without faults. */
export interface Faults {
  readonly seams: Seams
  /**
   * The faults that would have decided otherwise than the reference so far. A play that consults a
   * fault nowhere goes the same way with that fault.
   */
  consulted(): ReadonlySet<MutantName>
}

/** Something besides faults that answers for the seams, as a lawful habit does. */
export interface Deviant {
  readonly instead?: Instead | (() => Instead)
}

/** A function of a seam. */
type Decide = (...question: readonly unknown[]) => unknown
/** A fault's function in its place; `usual` is the reference's answer. */
type Deviate = (usual: unknown, ...question: readonly unknown[]) => unknown

interface Deviation {
  /** Absent where it is none of a fault. */
  readonly fault: MutantName | undefined
  readonly deviate: Deviate
}

/**
 * Makes the seams of the reference, or of a mutant. For the reference, every fault is called, too,
 * but only to note which ones would decide otherwise.
 * @param active the fault of a mutant; with `more`, a peer with several faults.
 */
export function createFaults(active?: MutantName, ...more: readonly MutantName[]): Faults {
  if (active !== undefined) return createDeviants([], [active, ...more])
  return faultsWith(deviationsOf(MUTANT_NAMES.map(ofFault)), watched)
}

/** A peer with all of these habits and faults; a fault has the last word. */
export function createDeviants(habits: readonly Deviant[], faults: readonly MutantName[]): Faults {
  const own = habits.map(({ instead = {} }) => ({ fault: undefined, instead }))
  return faultsWith(deviationsOf([...own, ...faults.map(ofFault)]), replaced)
}

function ofFault(fault: MutantName): { fault: MutantName; instead: Instead | (() => Instead) } {
  return { fault, instead: MUTANTS[fault].instead }
}

function faultsWith(
  deviations: ReadonlyMap<string, Deviation[]>,
  wrap: typeof replaced | typeof watched,
): Faults {
  const consulted = new Set<MutantName>()
  const { arc, setting, reading, writing, policy } = SEAMS
  const seam = <S extends object>(usual: S): S => {
    const changed = Object.entries(usual).flatMap(([name, decide]: [string, Decide]) => {
      const own = deviations.get(name)
      return own === undefined ? [] : [[name, wrap(decide, own, consulted)] as const]
    })
    // Unchanged seams stay the same object, so that the JavaScript engine optimizes them.
    return changed.length === 0 ? usual : { ...usual, ...Object.fromEntries(changed) }
  }
  return {
    seams: {
      arc: seam(arc),
      setting: seam(setting),
      reading: seam(reading),
      writing: seam(writing),
      policy: seam(policy),
    },
    consulted: () => consulted,
  }
}

/** Makes the seams of the reference, or of a mutant, where `consulted` is not needed. */
export function seamsWith(fault: MutantName | undefined): Pick<Faults, 'seams'> {
  return fault === undefined ? { seams: SEAMS } : createFaults(fault)
}

/** Collects the functions of some faults by the name of the seam's function. */
function deviationsOf(
  all: readonly { readonly fault: MutantName | undefined; readonly instead: Instead | (() => Instead) }[],
): ReadonlyMap<string, Deviation[]> {
  const deviations = new Map<string, Deviation[]>()
  for (const { fault, instead } of all) {
    const functions: Instead = typeof instead === 'function' ? instead() : instead
    for (const [name, deviate] of Object.entries(functions) as [string, Deviate][]) {
      const others = deviations.get(name)
      if (others === undefined) deviations.set(name, [{ fault, deviate }])
      else others.push({ fault, deviate })
    }
  }
  return deviations
}

/** Wraps the usual function: notes each fault that answers otherwise, and calls it no more. */
function watched(decide: Decide, deviations: readonly Deviation[], consulted: Set<MutantName>): Decide {
  let pending = deviations
  return (...question) => {
    const usual = decide(...question)
    if (pending.length === 0) return usual
    let isFewer = false
    for (const { fault, deviate } of pending)
      if (fault !== undefined && (consulted.has(fault) || !Object.is(deviate(usual, ...question), usual))) {
        consulted.add(fault)
        isFewer = true
      }
    if (isFewer) pending = pending.filter(({ fault }) => fault !== undefined && !consulted.has(fault))
    return usual
  }
}

/** Wraps the usual function so that the faults decide, one after the other. */
function replaced(decide: Decide, deviations: readonly Deviation[], consulted: Set<MutantName>): Decide {
  return (...question) => {
    const usual = decide(...question)
    let answer = usual
    for (const { fault, deviate } of deviations) {
      const other = deviate(answer, ...question)
      if (fault !== undefined && !Object.is(other, answer)) consulted.add(fault)
      answer = other
    }
    return answer
  }
}
