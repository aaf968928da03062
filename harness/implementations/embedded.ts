import type { Network } from '../network/network.ts'
import type { Pace } from '../network/paced.ts'
import { createSimulatedNetwork } from '../network/simulated.ts'
import { createVirtualClock } from '../network/virtual-clock.ts'
import { AUTHENTICATION_METHODS } from '../ppp/authentication.ts'
import { MPPE_STRENGTHS, PPP_PROFILES, type PppProfile } from '../ppp/profile.ts'
import { type Configuration, DEFAULT_CONFIGURATION } from '../reference/configuration.ts'
import type { Command } from '../reference/events.ts'
import { type Faults, seamsWith } from '../reference/faults.ts'
import type { Habit } from '../reference/habits/habit.ts'
import { MUTANTS, type MutantName } from '../reference/mutants.ts'
import { PROFILE_CONFIGURATIONS, REFERENCE_ACCOUNTS } from '../reference/profiles.ts'
import type { Pics } from '../scenario/claims.ts'
import type { TimerProfile } from '../scenario/profile.ts'
import { type HostedMachine, hostMachine } from './embedded-host.ts'
import type { Implementation, LogLine, Replica } from './implementation.ts'
import { configuredBy, variantWith } from './variant.ts'

/** The address of the reference in its simulated network. */
export const REFERENCE_ADDRESS = '10.0.0.1'
/**
 * The tester's addresses in that network, the usual one first. The last is lower than the
 * reference's, for scenarios about collisions (RFC 2637 section 3.1.3).
 */
export const TESTER_ADDRESSES = ['10.0.0.2', '10.0.0.3', '10.0.0.4', '9.255.255.255'] as const

/**
 * The date at virtual time 0, in ms: fixed, so that two plays of a scenario have identical traces.
 */
const VIRTUAL_EPOCH = Date.UTC(1999, 6, 1)

/** An unused address of the simulated network. */
const UNUSED_ADDRESS = '10.0.0.9'

const TIMERS: TimerProfile = {
  connect: 1_000,
  reply: 1_000,
  close: 5_000,
  call: 1_000,
  tunnel: 5_000,
  dial: 1_000,
  request: 1_000,
  speed: 1,
}

/** The most log lines that are kept until `takeLog`, because a mutant may log without end. */
const LOG_LINES = 1_000

export interface ReferenceImplementationOptions {
  /** The fault of the reference; none unless given. */
  readonly fault?: MutantName
  /** Seams to use in place of those of `fault`, e.g. to record which faults are used. */
  readonly faults?: Pick<Faults, 'seams'> | (() => Pick<Faults, 'seams'>)
  readonly configuration?: Partial<Configuration>
  /**
   * Lawful habits. What they change at the seams is not among them: that has to be in `faults`.
   */
  readonly habits?: readonly Habit[]
  /** When its messages and packets leave and are heard; at once unless given. */
  readonly pace?: Pace
  /** One-way delay of the simulated network in ms; 1 unless given. */
  readonly latency?: number
}

/** A replica of the reference that also takes commands. */
export interface ReferenceReplica extends Replica {
  /**
   * Gives a command (originate, place or clear a call, stop) to the machine of the network that was
   * opened last.
   * @throws RangeError before the first `openNetwork`.
   */
  command(command: Command): void
}

export interface ReferenceImplementation extends Implementation {
  start(count: number, progress: (message: string) => void): Promise<readonly ReferenceReplica[]>
}

/**
 * Creates the embedded reference, or one of its mutants, on a simulated network under virtual time.
 * Each `openNetwork` of a replica creates a new network with a new machine.
 */
export function referenceImplementation({
  fault,
  faults = seamsWith(fault),
  configuration = {},
  habits = [],
  pace,
  latency = 1,
}: ReferenceImplementationOptions = {}): ReferenceImplementation {
  const settings = configuredBy({ ...DEFAULT_CONFIGURATION, ...configuration }, habits)
  const pics: Pics = {
    roles: ['recipient', 'originator'],
    outgoingCalls: settings.outgoingCalls,
    incomingCalls: settings.incomingCalls,
    ppp: true,
    callsPerConnection: settings.channels,
    dialling: { settings: ['phoneNumber', 'window', 'secret'], hangUp: true, persists: true },
    authentication: AUTHENTICATION_METHODS,
    mppe: MPPE_STRENGTHS,
    mppeStateful: true,
    provesItself: true,
    profiles: PPP_PROFILES,
  }
  return {
    name: 'reference',
    title:
      fault === undefined
        ? 'The embedded reference, PAC and PNS'
        : `The reference, except: ${MUTANTS[fault].title}`,
    kind: 'embedded',
    pics,
    async start(count) {
      return Array.from({ length: count }, () => createReplica({ settings, faults, habits, pace, latency }))
    },
  }
}

/** What a replica is made of. */
interface Making {
  readonly settings: Configuration
  readonly faults: Pick<Faults, 'seams'> | (() => Pick<Faults, 'seams'>)
  readonly habits: readonly Habit[]
  readonly pace: Pace | undefined
  readonly latency: number
}

function createReplica({ settings, faults, habits, pace, latency }: Making): ReferenceReplica {
  const clock = createVirtualClock()
  const opened = new Set<() => Promise<void>>()
  let machine: HostedMachine | undefined
  let profile: PppProfile | 'usual' = 'usual'
  let log: LogLine[] = []

  const write = (text: string) => {
    log.push({ at: VIRTUAL_EPOCH + clock.now(), text })
    if (log.length > LOG_LINES) log = log.slice(-LOG_LINES)
  }

  return {
    address: REFERENCE_ADDRESS,
    testerAddresses: TESTER_ADDRESSES,
    unusedAddress: UNUSED_ADDRESS,
    provenance: { implementation: 'reference', versions: {}, engine: 'embedded' },
    timers: TIMERS,
    accounts: REFERENCE_ACCOUNTS,
    async openNetwork(): Promise<Network> {
      const world = createSimulatedNetwork({ clock, latency })
      const wanted = { ...settings, ...PROFILE_CONFIGURATIONS[profile] }
      const variant = variantWith(wanted, {
        habits,
        faults: typeof faults === 'function' ? faults() : faults,
        pace,
      })
      const ours = variant.network(world.host(REFERENCE_ADDRESS))
      const testers = world.host(...TESTER_ADDRESSES)
      const hosted = await hostMachine(ours, variant.machine, {
        address: REFERENCE_ADDRESS,
        hears: [...TESTER_ADDRESSES, UNUSED_ADDRESS],
        log: write,
      })
      machine = hosted
      const close = async () => {
        opened.delete(close)
        await testers.close()
        await hosted.close()
        await ours.close()
      }
      opened.add(close)
      return { ...testers, close }
    },
    play: (body) => clock.run(body()),
    async configure(wanted) {
      profile = wanted
    },
    command(command) {
      if (machine === undefined) throw new RangeError('no network is open: there is no machine to command')
      machine.command(command)
    },
    async dial(server, settings = {}) {
      if (machine === undefined) throw new RangeError('no network is open: there is no machine to dial')
      const dial = machine.dial(server, settings)
      return {
        hangUp: async () => dial.hangUp(),
        ended: dial.ended.then((detail) => ({ status: undefined, detail })),
        stop: async () => dial.stop(),
      }
    },
    takeLog() {
      const taken = log
      log = []
      return taken
    },
    death: () => undefined,
    async stop() {
      for (const close of [...opened]) await close()
    },
  }
}
