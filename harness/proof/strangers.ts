import type { MutantName } from '../reference/mutants.ts'
import type { Monitor } from '../scenario/monitor.ts'
import type { ScenarioCase } from '../scenario/scenario.ts'
import {
  type Accusation,
  drawing,
  explains,
  isShownBy,
  playStranger,
  type Stranger,
  type StrangerPlay,
  several,
  strangerOf,
  withOneLess,
} from './stranger.ts'

/** An accusation that nothing explains of what a stranger is made of. */
export interface FalseAccusation extends Accusation {
  readonly seed: number
  readonly case: string
  /** The fewest of its faults and habits with which it is still made. */
  readonly stranger: Stranger
}

/** A fault that no case shows, though none of its companions hides it by itself. */
export interface MissedFault {
  readonly seed: number
  readonly fault: MutantName
  readonly stranger: Stranger
  /** A case that shows it where it is alone. */
  readonly case: string
}

/** What became of one stranger. Plain data: worker threads hand it over. */
export interface StrangerProof {
  readonly seed: number
  readonly plays: number
  readonly accusations: number
  readonly falseAccusations: readonly FalseAccusation[]
  readonly shown: readonly MutantName[]
  /** Faults that another one hides, or a habit: without it they show. */
  readonly hidden: readonly MutantName[]
  readonly missed: readonly MissedFault[]
}

/** What strangers play. */
export interface StrangerPlan {
  readonly cases: ReadonlyMap<string, ScenarioCase>
  /** By fault, cases that show it where it is alone; absent for one that nothing shows. */
  readonly showing: Readonly<Partial<Record<MutantName, readonly string[]>>>
  readonly monitors: readonly Monitor[]
  /** How many further cases each stranger plays, drawn from all. */
  readonly besides: number
}

/** How many of the cases that show a fault are played. */
const SHOWING = 3

/** Plays cases on the stranger of a seed: what shows its faults, and others by chance. */
export async function proveStranger(seed: number, plan: StrangerPlan): Promise<StrangerProof> {
  const stranger = strangerOf(seed)
  const plays: StrangerPlay[] = []
  let more = 0
  const again = async (id: string, other: Stranger): Promise<StrangerPlay> => {
    more++
    return playOn(id, other, plan)
  }
  for (const id of casesFor(seed, stranger, plan)) plays.push(await playOn(id, stranger, plan))
  const falseAccusations: FalseAccusation[] = []
  for (const { case: id, accusations } of plays)
    for (const one of accusations.filter((accusation) => !explains(stranger, accusation)))
      falseAccusations.push({ ...one, seed, case: id, stranger: await fewest(stranger, id, one, again) })
  const shows = (fault: MutantName, all: readonly StrangerPlay[]) =>
    all.some(({ accusations }) => accusations.some(({ requirement }) => isShownBy(fault, requirement)))
  const hidden: MutantName[] = []
  const missed: MissedFault[] = []
  const shown = stranger.faults.filter((fault) => shows(fault, plays))
  for (const fault of stranger.faults.filter((one) => !shown.includes(one))) {
    const own = showing(fault, plan)
    const [first] = own
    if (first === undefined) continue
    let isHidden = false
    for (const less of withOneLess(stranger).filter(({ faults }) => faults.includes(fault)))
      for (const id of own) isHidden ||= shows(fault, [await again(id, less)])
    if (isHidden) hidden.push(fault)
    else missed.push({ seed, fault, stranger, case: first })
  }
  const accusations = plays.reduce((sum, play) => sum + play.accusations.length, 0)
  return { seed, plays: plays.length + more, accusations, falseAccusations, shown, hidden, missed }
}

function playOn(id: string, stranger: Stranger, { cases, monitors }: StrangerPlan): Promise<StrangerPlay> {
  const one = cases.get(id)
  if (one === undefined) throw new RangeError(`there is no case ${id}`)
  return playStranger(one, stranger, monitors)
}

function showing(fault: MutantName, plan: StrangerPlan): readonly string[] {
  return (plan.showing[fault] ?? []).slice(0, SHOWING)
}

function casesFor(seed: number, { faults }: Stranger, plan: StrangerPlan): ReadonlySet<string> {
  const random = drawing(~seed)
  const others = several(random, [...plan.cases.keys()], plan.besides)
  return new Set([...faults.flatMap((fault) => showing(fault, plan)), ...others])
}

/**
 * Returns the stranger with as few of its faults and habits as still lead to the same accusation in
 * this case, while none of them explains it. Leaves out one at a time.
 */
async function fewest(
  stranger: Stranger,
  id: string,
  accusation: Accusation,
  play: (id: string, stranger: Stranger) => Promise<StrangerPlay>,
): Promise<Stranger> {
  for (const less of withOneLess(stranger)) {
    const { accusations } = await play(id, less)
    const isStill = accusations.some(
      (one) => one.requirement === accusation.requirement && !explains(less, one),
    )
    if (isStill) return fewest(less, id, accusation, play)
  }
  return stranger
}
