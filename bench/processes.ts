import { join } from 'node:path'
import type { Bench } from './bench.ts'
import { runPptpspec } from './child.ts'
import { fixedLoop } from './fixed-loop.ts'
import { measurePairs, type Pair } from './pair.ts'
import { inTemporaryFolder } from './temporary.ts'

/** Measures `prove`, which uses all processors for some seconds. */
export const prove: Bench = {
  name: 'prove',
  about: 'the whole process of prove, against a fixed loop of arithmetic on one processor',
  async measure({ rounds }) {
    return { rows: await measurePairs([againstLoop('prove', ['prove'])], { rounds, warm: 0 }) }
  },
}

export const reference: Bench = {
  name: 'reference',
  about: 'the whole process of run reference, against a fixed loop of arithmetic',
  async measure({ rounds }) {
    return inTemporaryFolder(async (folder) => {
      const argv = ['run', 'reference', '--output', join(folder, 'results')]
      return { rows: await measurePairs([againstLoop('run reference', argv)], { rounds, warm: 0 }) }
    })
  },
}

/**
 * Compares a process with the fixed loop. The ratio is the number of loops that take as long as the
 * process, which can be compared between machines.
 */
function againstLoop(what: string, argv: readonly string[]): Pair {
  return {
    name: `${argv[0] === 'run' ? 'reference' : 'prove'}/process`,
    subject: `${what}, whole process`,
    yardstick: 'fixed loop',
    unit: 's',
    ours: async () => (await runPptpspec(argv)).seconds,
    theirs: fixedLoop,
  }
}
