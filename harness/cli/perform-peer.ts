import { type HostedMachine, hostMachine } from '../implementations/embedded-host.ts'
import { addressTowards, onlyAddress } from '../implementations/own-address.ts'
import { type Deviations, variantOf } from '../implementations/variant.ts'
import { requireRawGre } from '../network/raw-gre.ts'
import { createSystemNetwork } from '../network/system.ts'
import type { PppAccounts, PppProfile } from '../ppp/profile.ts'
import { PPTP_PORT } from '../protocol/messages.ts'
import { type Configuration, DEFAULT_CONFIGURATION } from '../reference/configuration.ts'
import { PROFILE_CONFIGURATIONS, REFERENCE_ACCOUNTS } from '../reference/profiles.ts'
import { readDeviations } from './deviations.ts'
import { harmless } from './failure.ts'
import type { ExitCode, Io } from './io.ts'

/** The arguments that `serve` and `dial` share. */
export interface PeerRequest {
  /** Names of mutants, and of habits, that the reference is to have. */
  readonly fault: readonly string[]
  readonly habit: readonly string[]
  readonly profile: PppProfile | 'usual'
  /** The account that its PPP accepts, and with which it authenticates when it dials. */
  readonly account: PppAccounts | undefined
}

/** The arguments of `pptpspec serve`. */
export interface ServeRequest extends PeerRequest {
  /** The address of this machine to listen on, dotted IPv4; its only one unless given. */
  readonly listen: string | undefined
}

/** The arguments of `pptpspec dial`. */
export interface DialRequest extends PeerRequest {
  readonly server: string
  /** The address to dial from, dotted IPv4; unless given, the one that routes to the server. */
  readonly from: string | undefined
  /** s after which it hangs up; undefined to wait for an interruption. */
  readonly seconds: number | undefined
}

/** ms within which a call or connection has to be closed in order. */
const CLOSING = 5_000

/**
 * Runs the reference as a server until it is interrupted.
 * @throws UsageError when there is no such mutant; EnvironmentError when the address cannot be
 * bound, or raw sockets are not allowed.
 */
export async function performServe(request: ServeRequest, io: Io): Promise<ExitCode> {
  const deviations = readDeviations(request)
  requireRawGre()
  const address = request.listen ?? onlyAddress()
  const { hosted, say, end } = await startPeer(request, deviations, { address, port: PPTP_PORT }, io)
  const interrupted = interruption(io)
  say(`listening on ${address}:${PPTP_PORT}${asMutant(request)}; Ctrl-C ends it`)
  say(`${(await interrupted).reason}: closing`)
  await end(hosted)
  return 0
}

/**
 * Runs the reference as a client: one control connection with one call, until that is over.
 * @returns 0 when this side hung up, 1 when the server ended the connection or none came up.
 * @throws UsageError when there is no such mutant; EnvironmentError when there is no route to the
 * server, or raw sockets are not allowed.
 */
export async function performDial(request: DialRequest, io: Io): Promise<ExitCode> {
  const deviations = readDeviations(request)
  requireRawGre()
  const { server, seconds } = request
  const address = request.from ?? (await addressTowards(server))
  // Port 0, because a client needs no known port.
  const { hosted, say, end } = await startPeer(request, deviations, { address, port: 0, dials: true }, io)
  say(`dialling ${server} from ${address}${asMutant(request)}; Ctrl-C hangs up`)
  const dial = hosted.dial(server, {})
  let timer: NodeJS.Timeout | undefined
  const stopped = Promise.race([
    interruption(io).then(({ reason }) => reason),
    new Promise<string>((resolve) => {
      if (seconds !== undefined)
        timer = setTimeout(() => resolve(`the ${seconds} s of --for are over`), seconds * 1_000)
    }),
  ])
  const over = dial.ended.then((why) => ({ why }))
  const first = await Promise.race([stopped, over])
  clearTimeout(timer)
  let code: ExitCode = 1
  if (typeof first === 'string') {
    say(`${first}: hanging up`)
    dial.hangUp()
    const ended = await Promise.race([over, pause(CLOSING)])
    if (ended === undefined) dial.stop()
    say(
      ended === undefined
        ? `the call has not ended within ${CLOSING / 1_000} s: reset`
        : `over: ${ended.why}`,
    )
    code = ended === undefined ? 1 : 0
  } else say(`over: ${first.why}`)
  await end(hosted)
  return code
}

function asMutant({ fault, habit }: PeerRequest): string {
  const both = [...fault, ...habit]
  return both.length === 0 ? '' : ` with ${both.join(', ')}`
}

/**
 * Starts the reference on the network of this machine. Its log goes to standard output, each line
 * with s since the start.
 */
async function startPeer(
  { profile, account }: PeerRequest,
  deviations: Deviations,
  { dials = false, ...local }: { readonly address: string; readonly port: number; readonly dials?: boolean },
  io: Io,
) {
  const began = performance.now()
  const say = (text: string) =>
    io.stdout.write(`${((performance.now() - began) / 1_000).toFixed(3)} ${harmless(text)}\n`)
  const network = createSystemNetwork()
  const variant = variantOf(configurationOf(profile, account, dials), deviations)
  const hosted = await hostMachine(variant.network(network), variant.machine, { ...local, log: say })
  return {
    hosted,
    say,
    async end(peer: HostedMachine) {
      peer.command({ name: 'shut-down' })
      await pause(CLOSING, peer.idle)
      await peer.close()
      await network.close()
    },
  }
}

function configurationOf(
  profile: PeerRequest['profile'],
  account: PppAccounts | undefined,
  dials: boolean,
): Configuration {
  const configuration = { ...DEFAULT_CONFIGURATION, ...PROFILE_CONFIGURATIONS[profile] }
  // Client and server have the same account by default, so that they accept each other.
  const { name, secret } = account ?? REFERENCE_ACCOUNTS
  const { encryption } = configuration.ppp
  return {
    ...configuration,
    ppp: {
      ...configuration.ppp,
      accounts: { name, secret, own: { name, secret } },
      // Some servers, pppd among them, end the link with a client that asks for the stateful mode.
      ...(dials && encryption !== undefined
        ? { encryption: { ...encryption, strengths: [128] as const, stateless: 'required' as const } }
        : {}),
    },
  }
}

function interruption(io: Io) {
  return new Promise<{ readonly reason: string }>((resolve) => {
    io.onInterruption(resolve)
  })
}

/** Resolves after `ms`, or as soon as `early` does. */
async function pause(ms: number, early?: () => Promise<void>): Promise<undefined> {
  let timer: NodeJS.Timeout | undefined
  const time = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([time, ...(early === undefined ? [] : [early()])])
  clearTimeout(timer)
}
