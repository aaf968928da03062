import type { Row } from './record.ts'

/** Two ways to do the same work. */
export interface Pair extends Omit<Row, 'ours' | 'theirs'> {
  /** Does the work once; returns its cost in the pair's unit. */
  readonly ours: () => Promise<number> | number
  readonly theirs: () => Promise<number> | number
}

/**
 * Measures pairs in turns, all of them in each round, so that whatever else the machine does meets every side. The first turn of each side
 * is not counted where `warm` is true: its code is not compiled yet.
 */
export async function measurePairs(
  pairs: readonly Pair[],
  { rounds, warm }: { readonly rounds: number; readonly warm: boolean },
): Promise<readonly Row[]> {
  const rows = pairs.map(({ ours: _, theirs: __, ...rest }): Row => ({ ...rest, ours: [], theirs: [] }))
  for (let round = warm ? -1 : 0; round < rounds; round++)
    for (const [at, pair] of pairs.entries()) {
      const ours = await pair.ours()
      const theirs = await pair.theirs()
      if (round < 0) continue
      rows[at]?.ours.push(ours)
      rows[at]?.theirs.push(theirs)
    }
  return rows
}
