import type { Instead } from './faults/fault.ts'
import { MUTANT_NAMES, MUTANTS, type MutantName } from './mutants.ts'
import { SEAMS, type Seams } from './seams.ts'

/** The seams of one play, with one fault, several, or none. */
export interface Faults {
  readonly seams: Seams
  /**
   * The faults that were asked so far and answered otherwise than the reference. A play that
   * consults a fault in no place goes the same way with it.
   */
  consulted(): ReadonlySet<MutantName>
}

/** Something besides faults that answers for the seams, as a lawful habit does. */
export interface Deviant {
  readonly instead?: Instead | (() => Instead)
}

/** A function of a seam, and a fault's in its place. */
type Decide = (...question: readonly unknown[]) => unknown
type Deviate = (usual: unknown, ...question: readonly unknown[]) => unknown

interface Deviation {
  /** Absent where it is none of a fault. */
  readonly fault: MutantName | undefined
  readonly deviate: Deviate
}

/**
 * The reference, or a mutant of it. For the reference every fault is asked along, and tells where
 * it would go another way.
 * @param active the fault; several make a peer with all of them.
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
    // The same object in most plays, so that the engine knows its shape.
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

/** The seams of the reference, or of a mutant, where nobody asks what was consulted. */
export function seamsWith(fault: MutantName | undefined): Pick<Faults, 'seams'> {
  return fault === undefined ? { seams: SEAMS } : createFaults(fault)
}

/** By function of a seam, what faults put in its place. */
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

/** The usual function; each fault is noted that answers otherwise, and not asked again. */
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

/** The function with faults. */
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
