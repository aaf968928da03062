import { overall } from './console.ts'
import type { RunTally } from './tally.ts'

/** A run as one JSON document for programs: what was tested, each result with its findings and what the baseline says. */
export function resultsJson(run: RunTally): string {
  const { started, finished } = run
  const document = {
    kind: 'pptpspec-results',
    format: 1,
    run: started?.run,
    harness: started?.harness,
    node: started?.node,
    seed: started?.seed,
    clock: started?.clock,
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
      stale: one.stale,
      missing: one.missing,
      results: one.results.map(({ result, comparison, clock, speed, files, frames, counts }) => ({
        ...result,
        comparison,
        clock,
        speed,
        files,
        frames,
        counts,
      })),
    })),
  }
  return `${JSON.stringify(document, null, 1)}\n`
}
