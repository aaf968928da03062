import type { Replica } from '../implementations/implementation.ts'
import type { Pics } from '../scenario/profile.ts'
import type { Role } from '../scenario/requirement.ts'
import { inapplicable, type ScenarioCase } from '../scenario/scenario.ts'
import { readTrace } from '../trace/messages.ts'
import { type Diagnosis, diagnose, isSpoiled } from './diagnosis.ts'
import { configure, firstUniqueOf, playCase } from './play-case.ts'
import type { QueuedCase } from './pools.ts'
import { LOG_LINES } from './smoke.ts'

/** How often an ordinary call has to come to nothing before anybody says that calls do not work. */
const ATTEMPTS = 3
/**
 * Apart from the numbers of the cases that follow: late packets of a probe are strangers to them.
 */
const PROBE_STRETCH = 900

/** Why calls of one role do not work, and the last lines that the implementation logged. */
export interface Found {
  readonly role: Role
  readonly diagnosis: Diagnosis
  /** Absent where nobody here can see its log. */
  readonly log?: readonly string[]
}

interface ProbeOptions {
  readonly probes: readonly ScenarioCase[]
  readonly signal: AbortSignal
  /** Whether the implementation's log can be seen. */
  readonly hasLog: boolean
}

/**
 * Places an ordinary call in each role that is played, and where none works says why: otherwise
 * every scenario that needs a call would accuse the implementation of something else.
 * @returns nothing where calls work, where nothing to be played needs one, and when the run was
 * stopped meanwhile.
 */
export async function probe(
  replica: Replica,
  playable: readonly QueuedCase[],
  options: ProbeOptions,
  pics: Pics,
): Promise<readonly Found[]> {
  const found: Found[] = []
  for (const role of pics.roles) {
    // A person is not asked to dial once more for this.
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

/** Whether a case cannot be played because of what was found. */
export function spoils({ role, diagnosis }: Pick<Found, 'role' | 'diagnosis'>, one: ScenarioCase): boolean {
  return one.scenario.iut === role && isSpoiled(one, diagnosis)
}

/** Why the call of a probing case does not work; undefined where it does, or nobody can say. */
async function callFails(
  replica: Replica,
  probing: ScenarioCase,
  { signal, hasLog }: ProbeOptions,
): Promise<Omit<Found, 'role'> | undefined> {
  let last: Omit<Found, 'role'> | undefined
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
