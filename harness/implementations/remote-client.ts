import { EnvironmentError } from '../errors/errors.ts'
import type { Network, TcpConnection } from '../network/network.ts'
import { createSystemNetwork, systemClock } from '../network/system.ts'
import type { PppAccounts } from '../ppp/profile.ts'
import { PPTP_PORT } from '../protocol/messages.ts'
import type { Dialling, Pics } from '../scenario/claims.ts'
import type { Dial, Dialler } from '../scenario/dial.ts'
import { Inconclusive } from '../scenario/judge.ts'
import { createMailbox } from '../scenario/mailbox.ts'
import type { TimerProfile } from '../scenario/profile.ts'
import { claimsFrom, type Description, saidOr } from './description.ts'
import type { Implementation, Replica } from './implementation.ts'
import { createLocalDialler, type DialPrograms } from './local-dial.ts'
import { createLogBuffer, type LogBuffer } from './log-buffer.ts'
import { onlyAddress } from './own-address.ts'

export interface RemoteClientOptions {
  /**
   * The address of this machine that the client dials, dotted IPv4. Unless given, the only address
   * of this machine.
   */
  readonly listen?: string | undefined
  /** The programs that make the client dial. Unless given, a person is asked to dial. */
  readonly programs?: DialPrograms | undefined
  /** The name in results and baselines. */
  readonly name: string
  readonly description?: Description | undefined
  /** The account of the client and of the tester; takes precedence over that of the description. */
  readonly account?: PppAccounts | undefined
}

/** The claims that are assumed of a client, except for those in its description. */
const ASSUMED: Pics = {
  roles: ['originator'],
  outgoingCalls: false,
  incomingCalls: false,
  ppp: true,
  callsPerConnection: 0,
}

/** Windows in ms; long, because the speed of the client's machine is unknown. */
const WINDOWS: TimerProfile = {
  connect: 5_000,
  reply: 3_000,
  close: 5_000,
  call: 10_000,
  tunnel: 10_000,
  dial: 15_000,
  request: 8_000,
  speed: 1,
}
/** How long a person may take to make the client dial, in ms. */
const BY_HAND = 300_000

/**
 * Creates the implementation of a client anywhere, which a program or a person makes dial this
 * machine. A first dial shows its address. Its clock is not accelerated, and its log is the output
 * of the program.
 */
export function remoteClient({
  listen,
  programs,
  name,
  description = {},
  account,
}: RemoteClientOptions): Implementation {
  const accounts = account ?? description.ppp
  const byHand = programs === undefined
  return {
    name,
    title:
      description.title ?? (byHand ? 'client dialled by hand' : `client dialled by ${programs.command[0]}`),
    kind: 'remote',
    pics: { ...claimsFrom(ASSUMED, description, accounts), dialling: diallingOf(programs) },
    ...(accounts === undefined ? {} : { ppp: accounts }),
    async start(count, progress) {
      const own = listen ?? onlyAddress()
      const log = createLogBuffer(() => performance.timeOrigin + performance.now())
      const ask = () => progress(`dial ${own} now`)
      const client = await learnAddress({ own, log, programs, ask })
      progress(`the client is at ${client}; the tester listens on ${own}:${PPTP_PORT}`)
      const windows = byHand ? { ...WINDOWS, dial: BY_HAND } : WINDOWS
      const timers = saidOr(windows, description.timers)
      return Array.from({ length: count }, () =>
        createReplica({ name, own, client, timers, accounts, log, programs, ask }),
      )
    },
  }
}

function diallingOf(programs: DialPrograms | undefined): Dialling {
  if (programs === undefined) return { settings: [], hangUp: false, byHand: true }
  const { settings = {}, persists } = programs
  const heeded = (['phoneNumber', 'window', 'secret'] as const).filter((one) => settings[one] !== undefined)
  return { settings: heeded, hangUp: true, ...(persists === true ? { persists } : {}) }
}

interface FirstDial {
  readonly own: string
  readonly log: LogBuffer
  readonly programs: DialPrograms | undefined
  /** Asks a person to make the client dial. */
  readonly ask: () => void
}

/**
 * Learns the address of the client from a first connection, which is reset at once: a case must
 * open GRE to that address before the client dials.
 * @throws EnvironmentError when no client connects, or when it dials from the tester's own address.
 */
async function learnAddress({ own, log, programs, ask }: FirstDial): Promise<string> {
  const network = createSystemNetwork()
  const arrived = createMailbox<string>(systemClock)
  let dial: Dial | undefined
  try {
    await network.listen({ address: own, port: PPTP_PORT }, (connection) => {
      arrived.put(connection.remote.address)
      connection.reset()
    })
    if (programs === undefined) ask()
    else dial = await createLocalDialler(programs, log)(own)
    // Status 0 may come from a program that dials in the background, so the dial is still awaited.
    // After any other status it is not.
    const failed = dial?.ended?.then((end) => (end.status === 0 ? never : end)) ?? never
    const window = programs === undefined ? BY_HAND : WINDOWS.dial
    const client = await Promise.race([arrived.take(window), failed])
    if (typeof client !== 'string')
      throw new EnvironmentError(
        `no client opened a TCP connection to ${own}:${PPTP_PORT}, the tester's address, ${
          client === undefined
            ? `within ${window / 1000} s`
            : `before the dial command ended (status ${client.status})`
        }${said(log)}`,
        'Check that the client dials this address, and that firewalls on the way let TCP port 1723 through',
      )
    if (client === own)
      throw new EnvironmentError(
        `the client dials from ${client}, which is the tester's own address: GRE packets of the two could not be told apart`,
        'Give the tester an address of its own: --listen 127.0.0.2 does, or a network namespace',
      )
    return client
  } finally {
    await dial?.stop()
    await network.close()
  }
}

const never = new Promise<never>(() => {})

function said(log: LogBuffer): string {
  const lines = log.tail()
  return lines.length === 0 ? '' : ['; the dial command said:', ...lines].join('\n  ')
}

interface ReplicaParts extends FirstDial {
  readonly name: string
  readonly client: string
  readonly timers: TimerProfile
  readonly accounts: PppAccounts | undefined
}

function createReplica(parts: ReplicaParts): Replica {
  const { own, client, timers, log, programs, ask } = parts
  const arrivals = createMailbox<true>(systemClock)
  const dials = new Set<Dial>()
  const dialler =
    programs === undefined ? byHand(arrivals, timers.dial, ask) : createLocalDialler(programs, log)
  const dial: Dialler = async (server, settings) => {
    const underWay = await dialler(server, settings)
    dials.add(underWay)
    return underWay
  }
  return {
    address: client,
    testerAddresses: [own],
    provenance: { implementation: parts.name, versions: {}, engine: 'remote' },
    timers,
    ...(parts.accounts === undefined ? {} : { accounts: parts.accounts }),
    async openNetwork() {
      arrivals.drain()
      return watched(createSystemNetwork(), own, () => arrivals.put(true))
    },
    play: (body) => body(),
    dial,
    takeLog: () => log.take(),
    death: () => undefined,
    async stop() {
      await Promise.all([...dials].map((underWay) => underWay.stop()))
    },
  }
}

/**
 * Wraps a network: `heard` is called for each incoming connection, and GRE is sent from the address
 * that the client dials.
 */
function watched(network: Network, own: string, heard: () => void): Network {
  return {
    ...network,
    listen: (local, accept, options) =>
      network.listen(
        local,
        (connection: TcpConnection) => {
          heard()
          accept(connection)
        },
        options,
      ),
    openGre: (remote, options) => network.openGre(remote, { from: own, ...options }),
  }
}

/**
 * Creates a dialler that asks a person. The dial has begun when a connection has arrived, which may
 * be before the person is asked.
 */
function byHand(
  arrivals: { take(window: number): Promise<true | undefined> },
  window: number,
  ask: () => void,
): Dialler {
  return async () => {
    if ((await arrivals.take(0)) === undefined) {
      ask()
      if ((await arrivals.take(window)) === undefined)
        throw new Inconclusive(`nobody made the client dial within ${window / 1000} s`)
    }
    return { stop: async () => {} }
  }
}
