import { addressNumber } from '../protocol/ip.ts'

/** Dotted IPv4 addresses that a play knows. */
export interface Addresses {
  readonly iut: string
  /** The tester's, the usual one first; empty where nobody looked. */
  readonly tester: readonly string[]
  /** One near the IUT that nobody has. */
  readonly unused?: string | undefined
}

/**
 * The first of the tester's addresses that is, as a number of 32 bits, less than another (section
 * 3.1.3).
 */
export function addressBelow(limit: string, tester: readonly string[]): string | undefined {
  return tester.find((address) => addressNumber(address) < addressNumber(limit))
}

/** The first that is greater. */
export function addressAbove(limit: string, tester: readonly string[]): string | undefined {
  return tester.find((address) => addressNumber(address) > addressNumber(limit))
}
