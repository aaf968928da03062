import type { ControlState } from './tables.ts'

/** One control connection as the others see it. */
export interface OtherConnection {
  readonly peer: string
  /** Whether we opened it. */
  readonly originator: boolean
  state(): ControlState
  /** Section 3.1.3: we lost a collision; close without another message. */
  loseCollision(): void
}

/** The control connections of a machine: one rule of the RFC spans several of them. */
export interface Peers {
  others(): Iterable<OtherConnection>
}

/** An address as a 32-bit number, the way section 3.1.3 compares them. */
export function addressNumber(address: string): number {
  return address.split('.').reduce((number, part) => number * 256 + Number(part), 0)
}
