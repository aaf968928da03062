import { SCENARIOS } from '../../../../suites/index.ts'
import { MONITORS } from '../../../../suites/monitors/index.ts'
import { referenceImplementation } from '../../../implementations/embedded.ts'
import type { MutantName } from '../../../reference/mutants.ts'
import { createDurations } from '../../../runner/durations.ts'
import { createGrowth } from '../../../runner/growth.ts'
import { run } from '../../../runner/run.ts'
import { openStore } from '../../../runner/store.ts'
import { casesOf } from '../../../scenario/scenario.ts'
import { multiplex } from '../../reporter.ts'
import { documentReporters } from '../../write.ts'

/** Plays the scenarios of some topics against a mutant, and writes the run with its reports. */
export async function mutantRun(
  fault: MutantName,
  topics: readonly string[],
  directory: string,
): Promise<void> {
  const cases = SCENARIOS.flatMap(casesOf).filter(({ id }) =>
    topics.some((topic) => id.startsWith(`${topic}/`)),
  )
  const smokes = SCENARIOS.flatMap(casesOf).filter(({ id }) => /^start\/(accepted|connects)@/.test(id))
  const store = openStore(directory)
  const reporter = multiplex(documentReporters(directory), (name, error) => {
    throw new Error(`the reporter ${name} failed`, { cause: error })
  })
  try {
    await run({
      jobs: [{ implementation: referenceImplementation({ fault }), cases, baseline: undefined }],
      lanes: 1,
      clock: 'accelerated',
      growth: createGrowth({ most: 0, idle: () => 0 }),
      durations: createDurations(),
      store,
      report: (event) => reporter.handle(event),
      knownCases: cases.map(({ id }) => id),
      monitors: MONITORS,
      smokes,
      probes: [],
      header: {
        run: 'test',
        harness: '0.1.0',
        node: process.versions.node,
        seed: 7,
        clock: 'virtual',
        arguments: ['run', 'reference'],
      },
      signal: new AbortController().signal,
    })
    reporter.end()
  } finally {
    store.close()
  }
}
