/**
 * The seed of one case, of 32 bits: from the run's seed and the case's id alone, so that the same
 * case gets the same decisions on any shard or lane, and when it is played on its own. FNV-1a over
 * the two.
 */
export function caseSeed(runSeed: number, caseId: string): number {
  let hash = 0x811c9dc5
  const mix = (octet: number): void => {
    hash = Math.imul(hash ^ octet, 0x01000193) >>> 0
  }
  for (let shift = 0; shift < 32; shift += 8) mix((runSeed >>> shift) & 0xff)
  for (const octet of new TextEncoder().encode(caseId)) mix(octet)
  return hash
}
