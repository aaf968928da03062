import type { ControlState } from './tables.ts'

/** The part of a control connection that other connections may use. */
export interface OtherConnection {
  readonly peer: string
  /** Whether we opened it. */
  readonly originator: boolean
  state(): ControlState
  /** This connection lost a collision: closes it without another message (section 3.1.3). */
  loseCollision(): void
}

/** All control connections of a machine, for the rules of section 3.1.3 about several of them. */
export interface Peers {
  others(): Iterable<OtherConnection>
}

/** Converts a dotted IPv4 address to a 32-bit number, as section 3.1.3 compares addresses. */
export function addressNumber(address: string): number {
  return address.split('.').reduce((number, part) => number * 256 + Number(part), 0)
}
