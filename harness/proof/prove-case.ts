import { isDeepStrictEqual } from 'node:util'
import { messageOf } from '../errors/errors.ts'
import { type ReferenceImplementationOptions, referenceImplementation } from '../implementations/embedded.ts'
import { sameOctets } from '../protocol/octets.ts'
import { createFaults, type Faults } from '../reference/faults.ts'
import type { MutantName } from '../reference/mutants.ts'
import { judgeTrace, type Monitor } from '../scenario/monitor.ts'
import { type Played, play } from '../scenario/play.ts'
import { inapplicable, type ScenarioCase } from '../scenario/scenario.ts'
import type { Finding, ScenarioResult, Verdict, WatchedFinding } from '../scenario/verdict.ts'
import { readTrace } from '../trace/messages.ts'
import type { Trace, TraceEntry } from '../trace/trace.ts'

/** Plays a case to its end on the reference with these faults. */
export type ReferencePlayer = (one: ScenarioCase, faults: Faults) => Promise<Played>

/** A finding of the scenario, or of the monitor that it names. */
export type ProofFinding = Finding & Partial<Pick<WatchedFinding, 'monitor'>>

/** What one play came to. */
export interface Reaction {
  /** The scenario's own, without its monitors. */
  readonly verdict: Verdict
  readonly reason?: string
  /** What scenario and monitors found to be wrong. */
  readonly violations: readonly ProofFinding[]
}

/**
 * One case on the reference and on every mutant whose fault it reaches. Plain data: worker threads
 * hand it over.
 */
export interface CaseProof {
  readonly case: string
  readonly reference: Reaction & { readonly decided: readonly ProofDecision[] }
  /**
   * By mutant, in the mutants' order. A mutant that is missing would have played like the
   * reference.
   */
  readonly mutants: readonly { readonly mutant: MutantName; readonly reaction: Reaction }[]
}

/** Who came to a verdict about a requirement. */
export interface ProofDecision {
  readonly requirement: string
  /** Absent where the scenario did. */
  readonly monitor?: string
  /** What was seen when it first did, in words. */
  readonly seen: string
}

/**
 * The first of the numbers that the tester uses in a play: the same in each, so that plays can
 * differ by their mutant only.
 */
const FIRST_UNIQUE = 257

/**
 * Plays on the simulated network under virtual time, in a world made for this one play.
 * @param differs where the reference is to differ from its usual self.
 */
export async function playOnReference(
  one: ScenarioCase,
  faults: Faults,
  differs: Pick<ReferenceImplementationOptions, 'habits' | 'pace'> = {},
): Promise<Played> {
  const implementation = referenceImplementation({ faults, ...differs })
  const skipped = inapplicable(one, implementation.pics)
  if (skipped !== undefined) return unplayed(one, 'skip', skipped)
  const [replica] = await implementation.start(1, () => {})
  if (replica === undefined) return unplayed(one, 'error', 'the reference did not start')
  try {
    await replica.configure?.(one.scenario.profile ?? 'usual')
    return await replica.play(async () => {
      const network = await replica.openNetwork()
      try {
        return await play(one, {
          network,
          address: replica.address,
          ...(replica.testerAddresses === undefined ? {} : { testerAddresses: replica.testerAddresses }),
          unusedAddress: replica.unusedAddress,
          timers: replica.timers,
          accounts: replica.accounts,
          dial: replica.dial,
          startedAt: 0,
          firstUnique: FIRST_UNIQUE,
        })
      } finally {
        await network.close()
      }
    })
  } catch (error) {
    // A mutant may bring the virtual clock to a standstill, or keep it going for ever.
    return unplayed(one, 'error', messageOf(error))
  } finally {
    await replica.stop()
  }
}

/** How cases are proved. */
export interface ProofPlan {
  readonly monitors: readonly Monitor[]
  readonly mutants: readonly MutantName[]
  /**
   * Each variation of a scenario meets each mutant that it reaches. Otherwise a mutant that the
   * scenario does not name meets only the first variation that reaches it: the others ask
   * the same in other words.
   */
  readonly everyVariation: boolean
}

/** Plays the cases of one scenario, in their order. */
export async function proveScenario(
  cases: readonly ScenarioCase[],
  plan: ProofPlan,
  player?: ReferencePlayer,
): Promise<readonly CaseProof[]> {
  const named = new Set<string>(cases.flatMap(({ scenario }) => scenario.provenBy))
  const met = new Set<MutantName>()
  const proofs: CaseProof[] = []
  for (const one of cases) {
    const mutants = plan.mutants.filter((mutant) => named.has(mutant) || !met.has(mutant))
    const proof = await proveCase(one, plan.monitors, mutants, player)
    if (!plan.everyVariation) for (const { mutant } of proof.mutants) met.add(mutant)
    proofs.push(proof)
  }
  return proofs
}

/**
 * Plays one case on the reference and on those mutants whose fault that play consulted. The others
 * need no play: under virtual time a play is the same to the octet each time, and a fault that
 * nowhere answers otherwise cannot have changed it.
 */
async function proveCase(
  one: ScenarioCase,
  monitors: readonly Monitor[],
  mutants: readonly MutantName[],
  player: ReferencePlayer = (played, faults) => playOnReference(played, faults),
): Promise<CaseProof> {
  const faults = createFaults()
  const sound = await player(one, faults)
  const seen = judgeTrace(sound.reading ?? readTrace(sound.trace), 'iut', monitors)
  const reactions: CaseProof['mutants'][number][] = []
  // A path that loses packets hides much by chance, and what repeats one thing many times shows
  // little that shorter scenarios do not: these face only what they say they catch.
  const { impairment, provenBy, tags } = one.scenario
  const choosy = impairment !== undefined || tags.includes('long')
  for (const mutant of mutants) {
    if (!faults.consulted().has(mutant)) continue
    if (choosy && !provenBy.includes(mutant)) continue
    const { result, trace, reading = readTrace(trace) } = await player(one, createFaults(mutant))
    // A monitor is a fold over the trace. One mutant in five leaves the reference's, and there is
    // nothing new to see in it.
    const findings = findingsOf(result, () =>
      sameTrace(trace, sound.trace) ? seen : judgeTrace(reading, 'iut', monitors, 'broken'),
    )
    reactions.push({ mutant, reaction: reactionOf(result, findings) })
  }
  const findings = findingsOf(sound.result, () => seen)
  return {
    case: one.id,
    reference: { ...reactionOf(sound.result, findings), decided: decisionsOf(findings) },
    mutants: reactions,
  }
}

/** The scenario's own findings in a play, and what monitors see in its trace. */
function findingsOf(
  { verdict, findings }: ScenarioResult,
  monitored: () => readonly WatchedFinding[],
): readonly ProofFinding[] {
  // Where the harness is at fault, a full trace for example, what it saw is no evidence.
  return verdict === 'error' ? findings : [...findings, ...monitored()]
}

function reactionOf({ verdict, reason }: ScenarioResult, findings: readonly ProofFinding[]): Reaction {
  return { verdict, ...(reason === undefined ? {} : { reason }), violations: violationsIn(findings) }
}

function sameTrace({ entries }: Trace, { entries: others }: Trace): boolean {
  if (entries.length !== others.length) return false
  // Octets and time first: that is where entries differ, and quicker than looking at everything.
  return entries.every((entry, at) => {
    const other = others[at]
    return (
      other?.at === entry.at &&
      sameOctets(octetsOf(entry), octetsOf(other)) &&
      isDeepStrictEqual(entry, other)
    )
  })
}

function octetsOf(entry: TraceEntry): Uint8Array {
  return 'octets' in entry ? entry.octets : NO_OCTETS
}

const NO_OCTETS = new Uint8Array(0)

function violationsIn(findings: readonly ProofFinding[]): readonly ProofFinding[] {
  return findings.filter((finding) => finding.verdict !== 'pass')
}

function decisionsOf(findings: readonly ProofFinding[]): readonly ProofDecision[] {
  const decisions = new Map<string, ProofDecision>()
  for (const { requirement, monitor, seen } of findings) {
    const key = `${requirement} ${monitor ?? ''}`
    if (!decisions.has(key))
      decisions.set(key, { requirement, ...(monitor === undefined ? {} : { monitor }), seen })
  }
  return [...decisions.values()]
}

function unplayed(one: ScenarioCase, verdict: Verdict, reason: string): Played {
  const { id, scenario } = one
  return {
    result: { scenario: id, purpose: scenario.purpose, verdict, reason, findings: [], duration: 0 },
    watched: [],
    trace: { startedAt: 0, entries: [] },
  }
}
