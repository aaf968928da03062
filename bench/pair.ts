import type { Row } from './record.ts'

/** Two ways to do the same work. */
export interface Pair extends Omit<Row, 'ours' | 'theirs'> {
  /**
   * Does the work once with pptpspec; returns its cost in the pair's unit. `theirs` does it with
   * the yardstick.
   */
  readonly ours: () => Promise<number> | number
  readonly theirs: () => Promise<number> | number
}

/**
 * Measures pairs in turns: each round measures both sides of every pair, so that other load of the
 * machine affects all sides alike.
 * @param warm the number of turns of each side that do not count, in which its code is compiled.
 */
export async function measurePairs(
  pairs: readonly Pair[],
  { rounds, warm }: { readonly rounds: number; readonly warm: number },
): Promise<readonly Row[]> {
  const rows = pairs.map(({ ours: _, theirs: __, ...rest }): Row => ({ ...rest, ours: [], theirs: [] }))
  for (let round = -warm; round < rounds; round++)
    for (const [at, pair] of pairs.entries()) {
      const ours = await pair.ours()
      const theirs = await pair.theirs()
      if (round < 0) continue
      rows[at]?.ours.push(ours)
      rows[at]?.theirs.push(theirs)
    }
  return rows
}
