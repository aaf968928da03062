import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { readUint32 } from '../protocol/octets.ts'

/**
 * Draws random octets, as many as asked for. Protocols draw every challenge and Magic-Number by it,
 * so that a seed can determine them.
 */
export type RandomOctets = (octets: number) => Uint8Array

/** Draws octets determined by a 32-bit seed: for tests and virtual time, not for secrets. */
export function seededOctets(seed: number): RandomOctets {
  const generator = xoroshiro128plus(seed)
  return (octets) => Uint8Array.from({ length: octets }, () => uniformInt(generator, 0, 255))
}

/** Draws a Magic-Number: 32 bits, not 0. */
export function randomMagicNumber(random: RandomOctets): number {
  const octets = random(4)
  return readUint32(octets, 0) || 1
}
