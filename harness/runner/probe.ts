import type { Replica } from '../implementations/implementation.ts'
import type { Pics } from '../scenario/profile.ts'
import type { Role } from '../scenario/requirement.ts'
import { inapplicable, type ScenarioCase } from '../scenario/scenario.ts'
import { readTrace } from '../trace/messages.ts'
import { type Diagnosis, diagnose, isSpoiled } from './diagnosis.ts'
import { configure, firstUniqueOf, playCase } from './play-case.ts'
import type { QueuedCase } from './pools.ts'
import { LOG_LINES } from './smoke.ts'

/**
 * The number of ordinary calls in a row that must fail before the diagnosis is that calls do not
 * work.
 */
const ATTEMPTS = 3
/**
 * The number of the probe's first play, apart from those of the cases, so that late packets of a
 * probe do not match a case.
 */
const PROBE_STRETCH = 900

/**
 * The reason why calls of one role do not work, and the last lines that the implementation logged.
 */
export interface FailedProbe {
  readonly role: Role
  readonly diagnosis: Diagnosis
  /** Absent when the log is not accessible. */
  readonly log?: readonly string[]
}

interface ProbeOptions {
  readonly probes: readonly ScenarioCase[]
  readonly signal: AbortSignal
  /** Whether the implementation's log can be seen. */
  readonly hasLog: boolean
}

/**
 * Places an ordinary call in each role that is played, and returns a diagnosis for each role in
 * which no call works. Without it every scenario that needs a call would report a different
 * violation.
 * @returns an empty list when calls work, when no case to be played needs one, and when the run was
 * stopped.
 */
export async function probe(
  replica: Replica,
  playable: readonly QueuedCase[],
  options: ProbeOptions,
  pics: Pics,
): Promise<readonly FailedProbe[]> {
  const found: FailedProbe[] = []
  for (const role of pics.roles) {
    // A person who has to dial by hand is not asked to do so for a probe.
    if (role === 'originator' && pics.dialling?.byHand === true) continue
    const probing = options.probes.find(
      (one) => one.scenario.iut === role && inapplicable(one, pics) === undefined,
    )
    if (probing === undefined) continue
    const all = { role, diagnosis: { spoils: probing.needs, text: '', remedies: [] } }
    if (!playable.some(({ one }) => spoils(all, one))) continue
    const failure = await callFails(replica, probing, options)
    if (options.signal.aborted) return []
    if (failure !== undefined) found.push({ role, ...failure })
  }
  return found
}

/** Whether a case cannot be played because of a failed probe. */
export function spoils(
  { role, diagnosis }: Pick<FailedProbe, 'role' | 'diagnosis'>,
  one: ScenarioCase,
): boolean {
  return one.scenario.iut === role && isSpoiled(one, diagnosis)
}

/**
 * The reason why the call of a probing case does not work; undefined when it works, or the reason
 * is unknown.
 */
async function callFails(
  replica: Replica,
  probing: ScenarioCase,
  { signal, hasLog }: ProbeOptions,
): Promise<Omit<FailedProbe, 'role'> | undefined> {
  let last: Omit<FailedProbe, 'role'> | undefined
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    if ((await configure(probing, replica)) !== undefined) return undefined
    const conditions = { monitors: [], seed: 0, signal }
    const { result, trace, reading, log } = await playCase(
      probing,
      replica,
      firstUniqueOf(0, PROBE_STRETCH + attempt),
      conditions,
    )
    if (signal.aborted || result.verdict === 'pass' || replica.death() !== undefined) return undefined
    const diagnosis = diagnose(reading ?? readTrace(trace), !hasLog || log.length > 0)
    if (diagnosis === undefined) return undefined
    last = { diagnosis, ...(hasLog ? { log: log.slice(-LOG_LINES) } : {}) }
  }
  return last
}
