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

/** A finding of a monitor if it has `monitor`, otherwise of the scenario. */
export type ProofFinding = Finding & Partial<Pick<WatchedFinding, 'monitor'>>

/** The result of one play, with the findings of its monitors. */
export interface Reaction {
  /** The scenario's own verdict; monitors do not change it. */
  readonly verdict: Verdict
  readonly reason?: string
  /** Findings of the scenario and of monitors other than `pass`. */
  readonly violations: readonly ProofFinding[]
}

/**
 * One case on the reference and on the mutants whose fault it consults. Plain data, which a worker
 * thread can send.
 */
export interface CaseProof {
  readonly case: string
  readonly reference: Reaction & { readonly decided: readonly ProofDecision[] }
  /** In the order of the mutants. Mutants that were not played are left out. */
  readonly mutants: readonly { readonly mutant: MutantName; readonly reaction: Reaction }[]
}

/** A requirement about which a scenario or a monitor made a finding. */
export interface ProofDecision {
  readonly requirement: string
  /** Id of the monitor; absent where the scenario made the finding. */
  readonly monitor?: string
  /** `seen` of the first such finding. */
  readonly seen: string
}

/**
 * The first Call ID or identifier that the tester uses in a play: the same in all plays, so that
 * they differ by their mutant only.
 */
const FIRST_UNIQUE = 257

/**
 * Plays a case against the reference on a simulated network of its own, under virtual time.
 * @param differs how the reference differs from its usual self.
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
    // With some mutants the play never ends: the virtual clock throws.
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
   * True: each variation of a scenario is played on each mutant whose fault it consults. False: on
   * mutants that are not in `provenBy` only the first such variation is, as variations are alike.
   */
  readonly everyVariation: boolean
}

/** Proves the cases of one scenario, in their order. */
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
 * Plays one case on the reference and on those mutants whose fault that play consulted. A fault
 * that answers nowhere differently cannot change a play, which under virtual time is the same to
 * the octet each time: its mutant is not played.
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
  // A scenario on a path that loses packets misses faults by chance, and a long one shows little
  // that shorter ones do not: both are played only on mutants of their `provenBy`.
  const { impairment, provenBy, tags } = one.scenario
  const choosy = impairment !== undefined || tags.includes('long')
  for (const mutant of mutants) {
    if (!faults.consulted().has(mutant)) continue
    if (choosy && !provenBy.includes(mutant)) continue
    const { result, trace, reading = readTrace(trace) } = await player(one, createFaults(mutant))
    // Monitors depend on the trace only. On one mutant in five it is that of the reference: what
    // monitors found there is used again.
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

/** Returns the findings of the scenario in a play, and those of monitors in its trace. */
function findingsOf(
  { verdict, findings }: ScenarioResult,
  monitored: () => readonly WatchedFinding[],
): readonly ProofFinding[] {
  // After an error of the harness, such as a full trace, monitors are not asked: it proves nothing.
  return verdict === 'error' ? findings : [...findings, ...monitored()]
}

function reactionOf({ verdict, reason }: ScenarioResult, findings: readonly ProofFinding[]): Reaction {
  return { verdict, ...(reason === undefined ? {} : { reason }), violations: violationsIn(findings) }
}

function sameTrace({ entries }: Trace, { entries: others }: Trace): boolean {
  if (entries.length !== others.length) return false
  // Time and octets are compared first: most entries that differ do so there, and it is quick.
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
