import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { readUint32 } from '../protocol/octets.ts'

/**
 * Draws so many octets. Protocols are handed one, so that a seed decides every challenge and
 * Magic-Number.
 */
export type RandomOctets = (octets: number) => Uint8Array

/** Octets that follow from a 32-bit seed: for tests and virtual time, not for secrets. */
export function seededOctets(seed: number): RandomOctets {
  const generator = xoroshiro128plus(seed)
  return (octets) => Uint8Array.from({ length: octets }, () => uniformInt(generator, 0, 255))
}

/** A 32-bit number that is not 0, as a Magic-Number has to be. */
export function randomMagicNumber(random: RandomOctets): number {
  const octets = random(4)
  return readUint32(octets, 0) || 1
}
