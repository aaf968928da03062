import { join } from 'node:path'
import { EnvironmentError, messageOf } from '../harness/errors/errors.ts'
import { findEngine } from '../harness/implementations/engine.ts'
import { listImplementations } from '../harness/implementations/manifest.ts'
import { readEvents } from '../harness/report/events.ts'
import type { Bench } from './bench.ts'
import { runPptpspec } from './child.ts'
import type { Left, Row } from './record.ts'
import { inTemporaryFolder } from './temporary.ts'

const LANES = [1, 2, 4, 8]

/** Whole processes, one run of each: no run can be shorter than its longest case, which waits for one of the protocol's timers. */
export const lanes: Bench = {
  name: 'lanes',
  about: 'a whole run on each implementation with 1, 2, 4 and 8 lanes, against its longest case',
  long: true,
  async measure({ progress }) {
    const found = await findEngine({})
    if ('failure' in found) throw found.failure
    const rows: Row[] = []
    const left: Left[] = []
    for (const { manifest } of listImplementations())
      try {
        // Before anything is measured: an image that is not there yet is made.
        await runLanes(manifest.name, ['--scenario', 'start/*', '--lanes', '1'])
        for (const count of LANES) {
          progress(`${manifest.name} with ${count} lanes`)
          const { seconds, longest } = await runLanes(manifest.name, ['--lanes', String(count)])
          rows.push({
            name: `lanes/${manifest.name}/${count}`,
            subject: `whole run, ${count} lanes`,
            yardstick: 'its longest case',
            unit: 's',
            ours: [seconds],
            theirs: [longest],
          })
        }
      } catch (error) {
        if (!(error instanceof EnvironmentError)) throw error
        left.push({ name: `lanes/${manifest.name}`, why: messageOf(error) })
      }
    return { rows, left }
  },
}

/** Seconds of a run, and of the longest case in it. */
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
