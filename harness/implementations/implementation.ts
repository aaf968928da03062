import type { Network } from '../network/network.ts'
import type { PppAccounts, PppProfile } from '../ppp/profile.ts'
import type { Pics } from '../scenario/claims.ts'
import type { Dialler } from '../scenario/dial.ts'
import type { TimerProfile } from '../scenario/profile.ts'

/**
 * One line the implementation wrote to its log. Hostile text: bounded in length, never interpreted.
 */
export interface LogLine {
  /** Arrival, in ms of `performance.timeOrigin + performance.now()`. */
  readonly at: number
  readonly text: string
}

/**
 * The identity of a tested implementation, so that a result can be traced to the exact software.
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

/** One running instance. A lane owns one replica and plays its scenarios one after the other. */
export interface Replica {
  /** The address where the implementation listens: dotted IPv4. */
  readonly address: string
  /** The port where it listens; 1723 unless given. */
  readonly port?: number
  /**
   * Addresses of the tester from which it can be reached, the usual one first; absent when unknown.
   */
  readonly testerAddresses?: readonly string[]
  /**
   * An unused address of its subnet, for packets with a false source; absent when none is known.
   */
  readonly unusedAddress?: string | undefined
  readonly provenance: Provenance
  readonly timers: TimerProfile
  /** Its PPP accounts; absent when none is known. */
  readonly accounts?: PppAccounts | undefined
  /** Opens a new network to it for one scenario. The caller closes the network. */
  openNetwork(): Promise<Network>
  /**
   * Runs a body to its end under this replica's clock; virtual time is advanced meanwhile.
   * @throws the error of the body, and EnvironmentError when in virtual time no event is left.
   */
  play<T>(body: () => Promise<T>): Promise<T>
  /**
   * Waits until the implementation has finished with that many of the connections since the last
   * `takeLog`. @returns false when a time limit was reached first. Absent when nothing shows it.
   */
  readonly settled?: (connections: number) => Promise<boolean>
  /**
   * Selects the PPP profile of the following calls; does nothing if it is selected already. Absent
   * when there is only the usual profile.
   * @throws EnvironmentError when that fails.
   */
  readonly configure?: (profile: PppProfile | 'usual') => Promise<void>
  /** Makes an originator dial; absent when it is not an originator, or cannot be made to dial. */
  readonly dial?: Dialler
  /** Log lines that arrived since the last call, oldest first. */
  takeLog(): readonly LogLine[]
  /**
   * Undefined while it runs; otherwise the cause of its death, e.g. `container exited with status
   * 1`.
   */
  death(): string | undefined
  stop(): Promise<void>
}

/** Options of a start of replicas. */
export interface StartOptions {
  /**
   * Whether calls will be placed on them. If not, an implementation may omit the parts that only
   * calls need. True unless given.
   */
  readonly calls?: boolean | undefined
  /**
   * `accelerated`: their clock runs faster by the implementation's `acceleration`, for scenarios
   * that wait for its timers; `usual`: at the speed for all other scenarios, mostly that of real
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
  /** The factor by which its accelerated clock is faster; absent when it cannot be accelerated. */
  readonly acceleration?: number
  /** Whether replicas for cases without calls need less of the machine. */
  readonly lighterWithoutCalls?: boolean
  /**
   * Starts `count` replicas.
   * @throws EnvironmentError when they cannot be started; those already started have been stopped.
   * @throws UsageError when an accelerated clock is asked of an implementation that has none.
   */
  start(
    count: number,
    progress: (message: string) => void,
    options?: StartOptions,
  ): Promise<readonly Replica[]>
}
