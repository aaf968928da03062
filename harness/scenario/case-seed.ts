/**
 * Returns the seed of one case, 32 bits: FNV-1a of the run's seed and the case's id. It depends on
 * nothing else, so that a case is impaired in the same way on any shard or lane, or played alone.
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
