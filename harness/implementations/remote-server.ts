import { lookup } from 'node:dns/promises'
import { EnvironmentError } from '../errors/errors.ts'
import { type ConnectFailure, isConnection } from '../network/network.ts'
import { createSystemNetwork, systemClock } from '../network/system.ts'
import type { PppAccounts } from '../ppp/profile.ts'
import { PPTP_PORT } from '../protocol/messages.ts'
import type { Pics } from '../scenario/claims.ts'
import { DIAL_TIMERS, type TimerProfile } from '../scenario/profile.ts'
import { claimsFrom, type Description, saidOr } from './description.ts'
import type { Implementation, Replica } from './implementation.ts'

/** The address of a server that pptpspec has not started. */
export interface Target {
  /** A host name or dotted IPv4. */
  readonly host: string
  readonly port: number
}

export interface RemoteServerOptions {
  readonly target: Target
  /** The name in results and baselines. */
  readonly name: string
  /** What its owner says of it. */
  readonly description?: Description | undefined
  /** An account that its PPP accepts; takes precedence over that of the description. */
  readonly account?: PppAccounts | undefined
}

/** The claims that are assumed of a server, except for those in its description. */
const ASSUMED: Pics = {
  roles: ['recipient'],
  outgoingCalls: true,
  incomingCalls: false,
  ppp: true,
  callsPerConnection: 0,
}

/** Windows on a path without delay, in ms; long, because the server's speed is unknown. */
const WINDOWS: TimerProfile = {
  connect: 5_000,
  reply: 3_000,
  close: 5_000,
  call: 10_000,
  tunnel: 10_000,
  ...DIAL_TIMERS,
  speed: 1,
}
/** Round trips added to each window, because a segment may be lost and sent again. */
const ROUND_TRIPS = 8

/** How long the first TCP connection, before the run, may take to open, in ms. */
const REACH_LIMIT = 10_000
/**
 * Pause after a connection, in ms: some servers drop the next connection while they clean up, and
 * no log shows when they have finished.
 */
const CLEANING_UP = 150

/**
 * Creates the implementation of a running server across the network. Its replicas are the same
 * server, without a log. Its clock is not accelerated, and only the smoke scenario shows whether it
 * works.
 */
export function remoteServer({
  target,
  name,
  description = {},
  account,
}: RemoteServerOptions): Implementation {
  const { host, port } = target
  const accounts = account ?? description.ppp
  return {
    name,
    title: description.title ?? `server at ${host}${port === PPTP_PORT ? '' : `:${port}`}`,
    kind: 'remote',
    pics: claimsFrom(ASSUMED, description, accounts),
    ...(accounts === undefined ? {} : { ppp: accounts }),
    async start(count, progress) {
      const way = await findWay(target)
      progress(
        `${host} is ${way.address}, ${way.roundTrip.toFixed(1)} ms away; the tester's address there is ${way.local}`,
      )
      const timers = saidOr(windowsFor(way.roundTrip), description.timers)
      return Array.from({ length: count }, () => createReplica({ name, way, port, timers, accounts }))
    },
  }
}

/** Returns the name of a target in results, e.g. `vpn.example.com` or `192.0.2.1-1724`. */
export function nameOfTarget({ host, port }: Target): string {
  const plain = host
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
  return `${plain}${port === PPTP_PORT ? '' : `-${port}`}`
}

interface Way {
  readonly address: string
  /** The tester's address; the server sees the same one unless a NAT lies between. */
  readonly local: string
  /** Duration of a TCP handshake, in ms. */
  readonly roundTrip: number
}

/**
 * Connects to a target to learn both addresses and the round trip.
 * @throws EnvironmentError when there is no such host, or no TCP connection to it, or when its
 * address is the tester's own.
 */
async function findWay({ host, port }: Target): Promise<Way> {
  const address = await resolveHost(host)
  const network = createSystemNetwork()
  try {
    const began = systemClock.now()
    const connection = await network.connect({ address, port }, { timeout: REACH_LIMIT })
    const roundTrip = systemClock.now() - began
    if (!isConnection(connection)) throw unreachable({ host, port }, address, connection)
    const local = connection.local.address
    if (local === address)
      throw new EnvironmentError(
        `${host} is ${address}, which is the tester's own address, too: GRE packets of the two could not be told apart`,
        'Give the server an address of its own: 127.0.0.2 does, or a network namespace',
      )
    connection.end()
    return { address, local, roundTrip }
  } finally {
    await network.close()
  }
}

async function resolveHost(host: string): Promise<string> {
  try {
    // RFC 2637 defines the tunnel for IPv4 only.
    return (await lookup(host, { family: 4 })).address
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
    throw new EnvironmentError(
      `this machine finds no IPv4 address of ${host}: ${code}`,
      'Check the name, or give the address',
      { cause },
    )
  }
}

const REMEDIES: Record<ConnectFailure['kind'], string> = {
  refused: 'Start the server; if it listens on another port, give it as --target HOST:PORT',
  timeout:
    'Check that the server runs, and that firewalls on the way let TCP port 1723 and GRE (IP protocol 47) through',
  unreachable: 'Check the routes of this machine (ip route get ADDRESS)',
}

function unreachable({ host, port }: Target, address: string, { kind, detail }: ConnectFailure) {
  const who = host === address ? host : `${host} (${address})`
  return new EnvironmentError(
    `no TCP connection to port ${port} of ${who}: ${kind} (${detail})`,
    REMEDIES[kind],
  )
}

function windowsFor(roundTrip: number): TimerProfile {
  const more = Math.ceil(roundTrip * ROUND_TRIPS)
  const { speed, ...windows } = WINDOWS
  const wider = Object.entries(windows).map(([name, window]) => [name, window + more])
  return { ...WINDOWS, ...Object.fromEntries(wider), speed }
}

interface ReplicaParts {
  readonly name: string
  readonly way: Way
  readonly port: number
  readonly timers: TimerProfile
  readonly accounts: PppAccounts | undefined
}

function createReplica({ name, way, port, timers, accounts }: ReplicaParts): Replica {
  return {
    address: way.address,
    port,
    testerAddresses: [way.local],
    provenance: { implementation: name, versions: {}, engine: 'remote' },
    timers,
    ...(accounts === undefined ? {} : { accounts }),
    openNetwork: async () => createSystemNetwork(),
    play: (body) => body(),
    async settled() {
      await systemClock.sleep(CLEANING_UP)
      return true
    },
    takeLog: () => [],
    death: () => undefined,
    stop: async () => {},
  }
}
