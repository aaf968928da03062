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

/** A server that the harness has not started. */
export interface Target {
  /** A host name or dotted IPv4. */
  readonly host: string
  readonly port: number
}

export interface RemoteServerOptions {
  readonly target: Target
  /** The name in results and baselines. */
  readonly name: string
  /** The description by its owner. */
  readonly description?: Description | undefined
  /** An account that its PPP accepts; takes precedence over that of the description. */
  readonly account?: PppAccounts | undefined
}

/** The claims of usual servers, unless the owner describes others. */
const ASSUMED: Pics = {
  roles: ['recipient'],
  outgoingCalls: true,
  incomingCalls: false,
  ppp: true,
  callsPerConnection: 0,
}

/** Windows in ms on a path without delay. Generous, because the server's machine is unknown. */
const WINDOWS: TimerProfile = {
  connect: 5_000,
  reply: 3_000,
  close: 5_000,
  call: 10_000,
  tunnel: 10_000,
  ...DIAL_TIMERS,
  speed: 1,
}
/** Round trips that the path adds to a window: a segment may be lost and sent again. */
const ROUND_TRIPS = 8

/** ms in which a TCP connection must open before the run. */
const REACH_LIMIT = 10_000
/**
 * ms that a server gets after a connection: some lose the next one while they clean up, and no log
 * shows when they are done.
 */
const CLEANING_UP = 150

/**
 * A running server across the network. It has a single replica without a log, its clock is not
 * controlled, and only the smoke scenario shows whether it works.
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
        `${host} is ${way.address}, ${way.roundTrip.toFixed(1)} ms away; the tester is ${way.local} to it`,
      )
      const timers = saidOr(windowsFor(way.roundTrip), description.timers)
      return Array.from({ length: count }, () => createReplica({ name, way, port, timers, accounts }))
    },
  }
}

/** The name of a target in results: `vpn.example.com`, `192.0.2.1-1724`. */
export function nameOfTarget({ host, port }: Target): string {
  const plain = host
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
  return `${plain}${port === PPTP_PORT ? '' : `-${port}`}`
}

interface Way {
  readonly address: string
  /** Our address, as the server sees us unless there is a NAT between. */
  readonly local: string
  /** Duration of a TCP handshake, in ms. */
  readonly roundTrip: number
}

/**
 * @throws EnvironmentError when there is no such host, no TCP connection to it, or its GRE cannot
 * be distinguished from our own.
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
        `${host} is ${address}, which is the tester's own address towards it: their GRE packets could not be told apart`,
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
    // PPTP's tunnel is defined for IPv4 only.
    return (await lookup(host, { family: 4 })).address
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
    throw new EnvironmentError(
      `${host} has no IPv4 address that this machine can find: ${code}`,
      'Check the name, or give the address',
      { cause },
    )
  }
}

const REMEDIES: Record<ConnectFailure['kind'], string> = {
  refused: 'Start the server; if it listens on another port, give it as --target HOST:PORT',
  timeout:
    'See whether it runs, and whether firewalls on the way let TCP port 1723 and GRE (IP protocol 47) through',
  unreachable: 'See the routes of this machine (ip route get ADDRESS)',
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
