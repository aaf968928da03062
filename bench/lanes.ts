import { join } from 'node:path'
import { findEngine } from '../harness/implementations/engine.ts'
import { listImplementations } from '../harness/implementations/manifest.ts'
import { readEvents } from '../harness/report/events.ts'
import type { Bench } from './bench.ts'
import { runPptpspec } from './child.ts'
import type { Row } from './record.ts'
import { inTemporaryFolder } from './temporary.ts'

const LANES = [1, 2, 4, 8]

/**
 * One benchmark for each implementation in a container. It runs one whole process for each number
 * of lanes. No run can be shorter than its longest case, which waits for one of the protocol's
 * timers.
 */
export const lanes: readonly Bench[] = listImplementations().map(({ manifest: { name } }) => ({
  name: `lanes-${name}`,
  about: `a whole run on ${name} with 1, 2, 4 and 8 lanes, against its longest case`,
  long: true,
  async measure({ progress }) {
    const found = await findEngine({})
    if ('failure' in found) throw found.failure
    // Makes a missing image before anything is measured.
    await runLanes(name, ['--scenario', 'start/*', '--lanes', '1'])
    const rows: Row[] = []
    for (const count of LANES) {
      progress(`${name} with ${count} lanes`)
      const { seconds, longest } = await runLanes(name, ['--lanes', String(count)])
      progress(
        `${name} with ${count} lanes: ${seconds.toFixed(1)} s, its longest case ${longest.toFixed(1)} s`,
      )
      rows.push({
        name: `lanes-${name}/${count}`,
        subject: `whole run, ${count} lanes`,
        yardstick: 'its longest case',
        unit: 's',
        ours: [seconds],
        theirs: [longest],
      })
    }
    return { rows }
  },
}))

/** Runs cases; returns the s that the run and its longest case took. */
async function runLanes(
  name: string,
  argv: readonly string[],
): Promise<{ readonly seconds: number; readonly longest: number }> {
  return inTemporaryFolder(async (folder) => {
    const output = join(folder, 'results')
    const { seconds } = await runPptpspec(['run', name, ...argv, '--output', output])
    const durations = readEvents(join(output, 'events.ndjson')).flatMap((event) =>
      event.kind === 'scenario-finished' ? [event.result.duration] : [],
    )
    return { seconds, longest: Math.max(...durations) / 1000 }
  })
}
