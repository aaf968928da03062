import { causesIn } from './causes.ts'
import type { RunTally } from './tally.ts'
import { overall } from './words.ts'

/**
 * Writes a run as one JSON document for programs: what was tested, its causes, each result with the
 * findings of its scenario, the sums of monitors, and the comparison with the baseline.
 */
export function resultsJson(run: RunTally): string {
  const { started, finished } = run
  const document = {
    kind: 'pptpspec-results',
    format: 2,
    run: started?.run,
    harness: started?.harness,
    node: started?.node,
    seed: started?.seed,
    clock: started?.clock,
    repeat: started?.repeat,
    demonstration: started?.demonstration,
    startedAt: started?.at,
    finishedAt: finished?.at,
    exitCode: finished?.exitCode,
    overall: overall(run),
    reasons: finished?.reasons,
    interrupted: finished?.interrupted,
    notices: run.notices,
    implementations: run.implementations.map((one) => ({
      name: one.name,
      title: one.started?.title,
      pics: one.started?.pics,
      provenance: one.started?.provenance,
      counts: one.counts,
      otherRole: one.started?.otherRole,
      diagnoses: one.diagnoses.map(({ text, remedies, log, cases }) => ({ text, remedies, log, cases })),
      causes: causesIn(one),
      watched: one.watched,
      stale: one.stale,
      unstable: one.unstable,
      missing: one.missing,
      results: one.results.map(
        ({ result, comparison, watched, round, clock, speed, files, frames, counts }) => ({
          ...result,
          comparison,
          watched,
          round,
          clock,
          speed,
          files,
          frames,
          counts,
        }),
      ),
    })),
  }
  return `${JSON.stringify(document)}\n`
}
