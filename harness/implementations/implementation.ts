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

/** What a run records about what it tested, so that a result can be traced to the very bits. */
export interface Provenance {
  readonly implementation: string
  /**
   * Software versions as reported by the thing itself, e.g. `{ pptpd: '1.4.0-12', ppp:
   * '2.4.9-1+1.1+b1' }`.
   */
  readonly versions: Readonly<Record<string, string>>
  /** Image id (sha256:...) where there is one. */
  readonly image?: string
  /** Engine name and version, or `embedded`, or `remote`. */
  readonly engine: string
}

/** One running instance. A lane owns one replica and plays its scenarios one after the other. */
export interface Replica {
  /** Where the implementation listens: dotted IPv4. */
  readonly address: string
  /** The port where it listens; 1723 unless given. */
  readonly port?: number
  /**
   * Addresses of ours from which it can be reached, the usual one first; absent where they are not
   * known.
   */
  readonly testerAddresses?: readonly string[]
  /**
   * An address of its own subnet that nobody has, so that a packet may claim to come from there;
   * absent where none is known.
   */
  readonly unusedAddress?: string | undefined
  readonly provenance: Provenance
  readonly timers: TimerProfile
  /** Its PPP accounts; absent where none is known. */
  readonly accounts?: PppAccounts | undefined
  /** A network to reach it through, fresh for one scenario. The caller closes it. */
  openNetwork(): Promise<Network>
  /**
   * Runs a body to its end under this replica's clock. Real time just runs; virtual time has to be
   * pumped.
   * @throws whatever the body throws, and EnvironmentError when virtual time has nothing left to
   * wait for.
   */
  play<T>(body: () => Promise<T>): Promise<T>
  /**
   * Waits, for a limited time, until the implementation has finished with that many of the
   * connections made since the last `takeLog`. Absent where nothing tells. False when the time was
   * over first.
   */
  readonly settled?: (connections: number) => Promise<boolean>
  /**
   * Makes the calls to come find a PPP peer with that profile, or the usual one; nothing happens
   * where it is the one they would find anyway. Absent where there is only the usual one.
   * @throws EnvironmentError when that cannot be brought about.
   */
  readonly configure?: (profile: PppProfile | 'usual') => Promise<void>
  /** Makes an originator dial; absent where it is none, or nobody can make it. */
  readonly dial?: Dialler
  /** Log lines that arrived since the last call, oldest first. */
  takeLog(): readonly LogLine[]
  /** Undefined while it runs; otherwise how it died, e.g. `container exited with status 1`. */
  death(): string | undefined
  stop(): Promise<void>
}

/** How replicas are started. */
export interface StartOptions {
  /**
   * False where no call will be placed on them, so that an implementation may leave out what only
   * calls need; true unless given.
   */
  readonly calls?: boolean | undefined
  /**
   * `accelerated`: their clock runs as many times faster as the implementation says, for scenarios
   * that wait for its timers; `usual`: as fast as it says for all others, mostly as fast as ours.
   * `real` unless given.
   */
  readonly clock?: 'real' | 'usual' | 'accelerated' | undefined
}

/** Something that can be tested. */
export interface Implementation {
  readonly name: string
  /** One line for lists. */
  readonly title: string
  readonly kind: 'container' | 'remote' | 'embedded'
  readonly pics: Pics
  /** How many times faster its clock runs when accelerated; absent where it cannot be. */
  readonly acceleration?: number
  /** Whether replicas on which no call is placed are lighter than others. */
  readonly lighterWithoutCalls?: boolean
  /**
   * Starts `count` replicas.
   * @throws EnvironmentError when they cannot be started; those already running have been stopped.
   * @throws UsageError when an accelerated clock is asked of an implementation that has none.
   */
  start(
    count: number,
    progress: (message: string) => void,
    options?: StartOptions,
  ): Promise<readonly Replica[]>
}
