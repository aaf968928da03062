import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import type { Direction, Pace } from '../network/paced.ts'
import { createFaults } from '../reference/faults.ts'
import { caseSeed } from '../scenario/case-seed.ts'
import { judgeTrace, type Monitor } from '../scenario/monitor.ts'
import type { ScenarioCase } from '../scenario/scenario.ts'
import type { Verdict } from '../scenario/verdict.ts'
import { readTrace } from '../trace/messages.ts'
import { type ProofFinding, playOnReference } from './prove-case.ts'

/** How late one direction of one protocol is, in ms. */
const SLOWEST = 40
const JITTER = 40
/** Of so many deliveries, one is held up. */
const STALL_EVERY = 20
const LONGEST_STALL = 400
/**
 * The most by which one delivery is late before bursts, in ms: with a burst, there and back take
 * less than the 1000 ms in which the reference has to reply.
 */
const LATEST = 390
/** In bursts, what the reference sends leaves at multiples of this time only, in ms. */
const BURST = 50
/** One seed in so many has bursts. */
const BURSTS_EVERY = 3
/** Of so many times that octets are handed to TCP, one is cut into two segments. */
const CUT_EVERY = 4

/**
 * Draws when things arrive in one play: always the same for a seed and a case. TCP and GRE are late
 * independently of each other, in each direction.
 */
export function drawnPace(seed: number, caseId: string): Pace {
  const generator = xoroshiro128plus(caseSeed(seed, caseId))
  const draw = (least: number, most: number): number => uniformInt(generator, least, most)
  const oneIn = (count: number): boolean => draw(1, count) === 1
  const usual: Readonly<Record<Direction, Readonly<Record<'tcp' | 'gre', number>>>> = {
    in: { tcp: draw(0, SLOWEST), gre: draw(0, SLOWEST) },
    out: { tcp: draw(0, SLOWEST), gre: draw(0, SLOWEST) },
  }
  const hasBursts = oneIn(BURSTS_EVERY)
  return {
    delay(direction, protocol, now) {
      const stall = oneIn(STALL_EVERY) ? draw(0, LONGEST_STALL) : 0
      const late = Math.min(LATEST, usual[direction][protocol] + draw(0, JITTER) + stall)
      if (!hasBursts || direction === 'in') return late
      return Math.ceil((now + late) / BURST) * BURST - now
    },
    segments(octets) {
      if (octets.length < 2 || !oneIn(CUT_EVERY)) return [octets]
      const at = draw(1, octets.length - 1)
      return [octets.subarray(0, at), octets.subarray(at)]
    },
  }
}

/** A case whose verdict depends on when things arrive. Plain data, which a thread can send. */
export interface TimingDifference {
  readonly case: string
  readonly seed: number
  readonly was: TimedVerdict
  readonly is: TimedVerdict
}

/** What one play came to. */
export interface TimedVerdict {
  readonly verdict: Verdict
  readonly reason?: string
  /**
   * Findings that the other play lacks: those of the scenario, and violations that monitors found.
   */
  readonly findings: readonly ProofFinding[]
}

/** How cases are timed. */
export interface TimingPlan {
  readonly seeds: readonly number[]
  readonly monitors: readonly Monitor[]
}

/** Times cases, in this thread or in several; returns their differences in the order of cases. */
export type CaseTimer = (
  cases: readonly ScenarioCase[],
  plan: TimingPlan,
) => Promise<readonly TimingDifference[]>

/** A timer of cases that plays one after the other in this thread. */
export async function timeCases(
  cases: readonly ScenarioCase[],
  plan: TimingPlan,
): Promise<readonly TimingDifference[]> {
  const differences: TimingDifference[] = []
  for (const one of cases) differences.push(...(await timeCase(one, plan)))
  return differences
}

/**
 * Plays a case on the reference without delays, then once for each seed, and returns the seeds
 * under which its verdict or a finding differs: time is not a verdict.
 */
export async function timeCase(
  one: ScenarioCase,
  { seeds, monitors }: TimingPlan,
): Promise<readonly TimingDifference[]> {
  const usual = await playAt(one, monitors)
  // An inapplicable case is not played, however slow the path.
  if (usual.verdict === 'skip') return []
  const differences: TimingDifference[] = []
  for (const seed of seeds) {
    const timed = await playAt(one, monitors, drawnPace(seed, one.id))
    const was = { ...usual, findings: lackingIn(timed, usual) }
    const is = { ...timed, findings: lackingIn(usual, timed) }
    if (was.verdict !== is.verdict || was.findings.length > 0 || is.findings.length > 0)
      differences.push({ case: one.id, seed, was, is })
  }
  return differences
}

async function playAt(one: ScenarioCase, monitors: readonly Monitor[], pace?: Pace): Promise<TimedVerdict> {
  const played = await playOnReference(one, createFaults(), pace === undefined ? {} : { pace })
  const { result, trace, reading = readTrace(trace) } = played
  const { verdict, reason, findings } = result
  const watched = verdict === 'error' ? [] : judgeTrace(reading, 'iut', monitors, 'broken')
  return {
    verdict,
    ...(reason === undefined ? {} : { reason }),
    findings: [...findings, ...watched.filter((finding) => finding.verdict !== 'pass')],
  }
}

/** The findings of a play whose requirement and verdict the other one lacks, each once. */
function lackingIn(other: TimedVerdict, { findings }: TimedVerdict): readonly ProofFinding[] {
  const known = new Set(other.findings.map(keyOf))
  return findings.filter((finding) => {
    const key = keyOf(finding)
    const isNew = !known.has(key)
    known.add(key)
    return isNew
  })
}

function keyOf({ requirement, verdict }: ProofFinding): string {
  return `${verdict} ${requirement}`
}
