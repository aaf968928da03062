import type { Network } from '../network/network.ts'
import type { PppAccounts, PppProfile } from '../ppp/profile.ts'
import type { Pics } from '../scenario/claims.ts'
import type { Dialler } from '../scenario/dial.ts'
import type { TimerProfile } from '../scenario/profile.ts'

/**
 * One line of the implementation's log. Hostile text: cut to a limit, never interpreted.
 */
export interface LogLine {
  /** When the line arrived: `performance.timeOrigin + performance.now()`, in ms. */
  readonly at: number
  readonly text: string
}

/**
 * The exact software of a tested implementation, recorded with its results.
 */
export interface Provenance {
  readonly implementation: string
  /**
   * Software versions as reported by the implementation itself, e.g. `{ pptpd: '1.4.0-12', ppp:
   * '2.4.9-1+1.1+b1' }`.
   */
  readonly versions: Readonly<Record<string, string>>
  /** Image id (sha256:...) if there is an image. */
  readonly image?: string
  /** Engine name and version, or `embedded`, or `remote`. */
  readonly engine: string
}

/** One running instance of an implementation. A lane plays its cases on it one after the other. */
export interface Replica {
  /** The address where the implementation listens: dotted IPv4. */
  readonly address: string
  /** The port where it listens; 1723 unless given. */
  readonly port?: number
  /**
   * Addresses of the tester from which the replica can be reached, the usual one first; absent when
   * unknown.
   */
  readonly testerAddresses?: readonly string[]
  /**
   * An unused address of the replica's subnet, for packets with a false source; absent when
   * unknown.
   */
  readonly unusedAddress?: string | undefined
  readonly provenance: Provenance
  readonly timers: TimerProfile
  /** The accounts of its PPP; absent when unknown. */
  readonly accounts?: PppAccounts | undefined
  /** Opens a new network for one scenario with this replica. The caller closes the network. */
  openNetwork(): Promise<Network>
  /**
   * Runs a body to its end on this replica's clock. A virtual clock runs only during this call.
   * @throws the error of the body; in virtual time, HarnessError when no event is left.
   */
  play<T>(body: () => Promise<T>): Promise<T>
  /**
   * Waits until the implementation has finished with this many connections since the last
   * `takeLog`. Absent when nothing shows that it has.
   * @returns false when a time limit was reached first.
   */
  readonly settled?: (connections: number) => Promise<boolean>
  /**
   * Selects the PPP profile of later calls; does nothing if it is selected already. Absent when
   * there is only the usual profile.
   * @throws EnvironmentError when the profile cannot be selected.
   */
  readonly configure?: (profile: PppProfile | 'usual') => Promise<void>
  /** Makes an originator dial; absent when it is not an originator, or cannot be made to dial. */
  readonly dial?: Dialler
  /** Returns the log lines since the last `takeLog`, oldest first. */
  takeLog(): readonly LogLine[]
  /**
   * Returns the cause of the replica's death, e.g. `container exited with status 1`; undefined
   * while it runs.
   */
  death(): string | undefined
  stop(): Promise<void>
}

/** Options for starting replicas. */
export interface StartOptions {
  /**
   * Whether calls will be placed on the replicas. If not, an implementation may leave out parts
   * that only calls need. True unless given.
   */
  readonly calls?: boolean | undefined
  /**
   * Speed of the replicas' clocks. `accelerated`: faster by the implementation's `acceleration`,
   * for scenarios that wait for its timers; `usual`: the speed for all other scenarios, mostly real
   * time. `real` unless given.
   */
  readonly clock?: 'real' | 'usual' | 'accelerated' | undefined
}

/** An implementation that can be tested. */
export interface Implementation {
  readonly name: string
  /** One line for lists. */
  readonly title: string
  readonly kind: 'container' | 'remote' | 'embedded'
  readonly pics: Pics
  /** How many times faster its accelerated clock runs; absent when it has none. */
  readonly acceleration?: number
  /** Whether its replicas need less memory and time to start when no calls are placed on them. */
  readonly lighterWithoutCalls?: boolean
  /**
   * Starts `count` replicas.
   * @param progress is called with one line about each step.
   * @throws EnvironmentError when a replica cannot be started; the others have been stopped then.
   * @throws UsageError when an accelerated clock is wanted and the implementation has none.
   */
  start(
    count: number,
    progress: (message: string) => void,
    options?: StartOptions,
  ): Promise<readonly Replica[]>
}
