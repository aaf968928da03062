import type { Replica } from '../implementations/implementation.ts'
import type { Pics } from '../scenario/profile.ts'
import { inapplicable, type ScenarioCase } from '../scenario/scenario.ts'
import { readTrace } from '../trace/messages.ts'
import type { Turn } from './crews.ts'
import { type Diagnosis, diagnose, isSpoiled } from './diagnosis.ts'
import { configure, firstUniqueOf, playCase } from './play-case.ts'
import { LOG_LINES } from './smoke.ts'

/** How often an ordinary call has to come to nothing before anybody says that calls do not work. */
const ATTEMPTS = 3
/** Apart from the numbers of the cases that follow: late packets of a probe are strangers to them. */
const PROBE_STRETCH = 900

/**
 * Places an ordinary call, and where none works says why: otherwise every scenario that needs a call
 * would accuse the implementation of something else.
 * @returns undefined where a call works, where nothing to be played needs one, and when the run was
 * stopped meanwhile.
 */
export async function probe(
  replica: Replica,
  playable: readonly Turn[],
  { probes, signal }: { readonly probes: readonly ScenarioCase[]; readonly signal: AbortSignal },
  pics: Pics,
): Promise<{ readonly diagnosis: Diagnosis; readonly log: readonly string[] } | undefined> {
  const roles = new Set(playable.map(({ one }) => one.scenario.iut))
  const probing = probes.find((one) => roles.has(one.scenario.iut) && inapplicable(one, pics) === undefined)
  if (probing === undefined) return undefined
  const isNeeded = playable.some(({ one }) =>
    isSpoiled(one, { spoils: probing.needs, text: '', remedies: [] }),
  )
  if (!isNeeded) return undefined
  let last: { readonly diagnosis: Diagnosis; readonly log: readonly string[] } | undefined
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
    const diagnosis = diagnose(reading ?? readTrace(trace), log.length > 0)
    if (diagnosis === undefined) return undefined
    last = { diagnosis, log: log.slice(-LOG_LINES) }
  }
  return last
}
