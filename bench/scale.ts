import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { EnvironmentError } from '../harness/errors/errors.ts'
import type { Bench } from './bench.ts'
import { type ProcessCost, runPptpspec } from './child.ts'
import { writeConversation } from './conversation.ts'
import type { Point } from './record.ts'
import { median } from './statistics.ts'
import { inTemporaryFolder } from './temporary.ts'

const CAPTURES = [10_000, 100_000, 1_000_000, 4_000_000]
/** One in seven of all cases, so that all topics occur. Larger sizes repeat the same cases. */
const SHARD = '1/7'
const REPEATS = [1, 11, 105]

/**
 * Measures whole processes, including their start. The number of cases is read from the run's
 * output.
 */
export const scaleCases: Bench = {
  name: 'scale-cases',
  about: 'run reference with about 100, 1,000 and 10,000 cases: seconds and memory',
  long: true,
  async measure({ rounds, progress }) {
    return inTemporaryFolder(async (folder) => {
      const points: Point[] = []
      const output = join(folder, 'results')
      for (const repeat of REPEATS) {
        const argv = ['run', 'reference', '--shard', SHARD, '--repeat', String(repeat)]
        progress(argv.join(' '))
        const costs = await turns(rounds, async () => {
          const cost = await runPptpspec([...argv, '--output', output])
          rmSync(output, { recursive: true, force: true })
          return cost
        })
        points.push({ size: counted(/\((\d+) cases/, costs), ...costOf(costs) })
      }
      return { series: [{ name: 'scale-cases', subject: 'run reference', noun: 'cases', points }] }
    })
  },
}

/**
 * Measures `judge` on captures of one conversation each. The number of frames is read from its
 * output.
 */
export const scaleCaptures: Bench = {
  name: 'scale-captures',
  about: 'judge on captures of 10,000 to 4,000,000 packets: seconds and memory',
  long: true,
  async measure({ rounds, progress }) {
    return inTemporaryFolder(async (folder) => {
      const points: Point[] = []
      const file = join(folder, 'conversation.pcap')
      for (const size of CAPTURES) {
        progress(`judge: ${size} packets`)
        writeConversation(file, size)
        const costs = await turns(rounds, () => runPptpspec(['judge', file]))
        const done = counted(/: (\d+) frames/, costs)
        points.push({ size, ...costOf(costs), ...(done < size ? { done } : {}) })
      }
      return { series: [{ name: 'scale-captures', subject: 'judge', noun: 'packets', points }] }
    })
  },
}

async function turns(
  rounds: number,
  once: () => Promise<ProcessCost>,
): Promise<readonly [ProcessCost, ...ProcessCost[]]> {
  const costs: [ProcessCost, ...ProcessCost[]] = [await once()]
  while (costs.length < rounds) costs.push(await once())
  return costs
}

function costOf(costs: readonly ProcessCost[]): Pick<Point, 'seconds' | 'memory'> {
  return {
    seconds: median(costs.map(({ seconds }) => seconds)),
    memory: median(costs.map(({ memory }) => memory)),
  }
}

/**
 * Reads a count from a process's output.
 * @throws EnvironmentError when the output has no such number.
 */
function counted(pattern: RegExp, [{ output }]: readonly [ProcessCost, ...ProcessCost[]]): number {
  const count = Number(pattern.exec(output)?.[1] ?? 0)
  if (count > 0) return count
  throw new EnvironmentError(`a process reported no count: ${output.slice(-500)}`)
}
