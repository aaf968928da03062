import { addressNumber } from '../protocol/ip.ts'

/** The dotted IPv4 addresses of a play. */
export interface Addresses {
  readonly iut: string
  /** The tester's addresses, the usual one first; empty if unknown. */
  readonly tester: readonly string[]
  /** An unused address in the IUT's network; undefined if none is known. */
  readonly unused?: string | undefined
}

/**
 * Returns the first of the tester's addresses that is, as a number of 32 bits, below `limit`
 * (section 3.1.3).
 */
export function addressBelow(limit: string, tester: readonly string[]): string | undefined {
  return tester.find((address) => addressNumber(address) < addressNumber(limit))
}

/** Returns the first of the tester's addresses that is, as a number of 32 bits, above `limit`. */
export function addressAbove(limit: string, tester: readonly string[]): string | undefined {
  return tester.find((address) => addressNumber(address) > addressNumber(limit))
}
