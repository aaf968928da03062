import type { Row } from './record.ts'

/** Two ways to do the same work. */
export interface Pair extends Omit<Row, 'ours' | 'theirs'> {
  /** Does the work once; returns its cost in the pair's unit. */
  readonly ours: () => Promise<number> | number
  readonly theirs: () => Promise<number> | number
}

/**
 * Measures pairs in turns, all of them in each round, so that whatever else the machine does meets
 * every side.
 * @param warm turns of each side before those that count, for its code to be compiled.
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
