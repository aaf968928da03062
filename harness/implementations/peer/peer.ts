import type { Clock, Network } from '../../network/network.ts'
import { AUTHENTICATION_METHODS, type AuthenticationMethod } from '../../ppp/authentication.ts'
import { encodeDatagram, encodeIcmpEcho, IcmpType, icmpEchoOf } from '../../ppp/datagram.ts'
import type { EncryptionPolicy } from '../../ppp/encryption.ts'
import type { MppeStrength } from '../../ppp/mppe-keys.ts'
import { ipFragments } from '../../protocol/ip.ts'
import { createIpReassembly, type IpReassembly } from '../../protocol/ip-reassembly.ts'
import { PPTP_PORT } from '../../protocol/messages.ts'
import { type Configuration, DEFAULT_CONFIGURATION } from '../../reference/configuration.ts'
import { type HostedDial, type HostedMachine, hostMachine, type LinkNews } from '../embedded-host.ts'
import { type Deviations, NO_DEVIATIONS, variantOf } from '../variant.ts'

/**
 * The reference as one end of an interoperability run. It listens, dials on command, and performs
 * the commands of `containers/shared/traffic` through its links.
 */
export interface Peer {
  /**
   * Runs a command. @returns a line of facts.
   * @throws Error for an unknown command.
   */
  perform(words: readonly string[]): Promise<string>
  close(): Promise<void>
}

export interface PeerOptions {
  readonly network: Network
  /** The address where the reference listens: dotted IPv4. */
  readonly address: string
  /** The faults and habits of the reference; none unless given. */
  readonly deviations?: Deviations
  /** The first Call ID that the reference assigns. */
  readonly firstCallId?: number | undefined
  readonly log: (text: string) => void
}

/** The account that both ends use in interoperability runs. */
const ACCOUNT = { name: 'tester', secret: 'secret-of-tester' } as const

interface PeerLink {
  readonly callId: number
  readonly address: string
  readonly peersAddress: string
}

/** How long to wait for the reply to a ping, and between two pings, in ms. */
const PING = { reply: 1_000, pause: 50 } as const
const IP_HEADER = 20
const ICMP_HEADER = 8
/** MTU of a link in octets: leaves room for the octets that encryption adds. */
const MTU = 1_496
/** Time between two checks of an awaited condition, in ms. */
const LOOK = 20

/** The links of a peer, and the replies that came through them. */
interface PeerLinks {
  /** Open links, by Call ID, the newest last. */
  readonly up: Map<number, PeerLink>
  /** Sequence numbers of answered pings. */
  readonly replies: Set<number>
  readonly reassembly: IpReassembly
}

/** A running peer. */
interface PeerState {
  readonly options: PeerOptions
  readonly links: PeerLinks
  /** Dials, by their names. */
  readonly dials: Map<string, HostedDial>
  hosted: HostedMachine
  /** Identification of the last IP packet. */
  identification: number
  /** Sequence number of the last ping. */
  sequence: number
}

/** Starts a peer. @throws EnvironmentError when the address cannot be bound. */
export async function startPeer(options: PeerOptions): Promise<Peer> {
  const links: PeerLinks = { up: new Map(), replies: new Set(), reassembly: createIpReassembly() }
  const peer: PeerState = {
    options,
    links,
    dials: new Map(),
    hosted: await host(options, links, 'any', 'offered'),
    identification: 0,
    sequence: 0,
  }
  return {
    perform: (words) => perform(peer, words),
    close: () => peer.hosted.close(),
  }
}

/** Starts the reference with the authentication and encryption that PPP is to demand. */
function host(
  { network, address, log, deviations = NO_DEVIATIONS, firstCallId }: PeerOptions,
  links: PeerLinks,
  authentication: string,
  encryption: string,
): Promise<HostedMachine> {
  const configuration: Configuration = {
    ...DEFAULT_CONFIGURATION,
    firstCallId: firstCallId ?? DEFAULT_CONFIGURATION.firstCallId,
    // Clients that share a translating router have the same address.
    connectionsPerPeer: 'many',
    ppp: {
      ...DEFAULT_CONFIGURATION.ppp,
      accounts: { ...ACCOUNT, own: ACCOUNT },
      methods: methodsOf(authentication),
      // The peer waits for the other end's first PPP packet: one that is sent right after the
      // call reply would reach a translating router before the router knows the call.
      silent: 'answering',
      encryption: encryptionOf(encryption),
    },
  }
  const variant = variantOf(configuration, deviations)
  const onLink = (news: LinkNews) => takeNews(links, news, network.clock.now())
  return hostMachine(variant.network(network), variant.machine, { address, port: PPTP_PORT, log, onLink })
}

function takeNews({ up, replies, reassembly }: PeerLinks, news: LinkNews, now: number): void {
  if (news.kind === 'link-up')
    up.set(news.callId, {
      callId: news.callId,
      address: news.address ?? 'none',
      peersAddress: news.peersAddress ?? 'none',
    })
  else if (news.kind === 'link-down') up.delete(news.callId)
  else {
    const packet = reassembly.take(news.octets, 0, now)
    const echo = packet && icmpEchoOf(packet)
    if (echo?.type === IcmpType.echoReply) replies.add(echo.sequence)
  }
}

async function perform(peer: PeerState, [command, ...words]: readonly string[]): Promise<string> {
  const [first = '', second = ''] = words
  const { links, dials, hosted } = peer
  switch (command) {
    case 'traffic':
      return await traffic(peer, words)
    case 'ppp-options':
      await hosted.close()
      links.up.clear()
      peer.hosted = await host(peer.options, links, first, second)
      return 'done'
    case 'dial':
      return await dial(peer, words)
    case 'hang-up':
      dials.get(first)?.hangUp()
      return 'done'
    case 'stop-dial':
      dials.get(first)?.stop()
      dials.delete(first)
      return 'done'
    case 'end-calls':
      for (const { callId } of [...links.up.values()]) hosted.command({ name: 'clear-call', callId })
      return 'done'
    default:
      throw new Error(`unknown command ${command ?? ''}`)
  }
}

async function dial(
  { hosted, dials }: PeerState,
  [name = '', server = '', ...settings]: readonly string[],
): Promise<string> {
  const secret = settings[0] === '--secret' ? settings[1] : undefined
  const underWay = hosted.dial(server, secret === undefined ? {} : { secret })
  dials.set(name, underWay)
  return await underWay.ended
}

async function traffic(peer: PeerState, [what, ...words]: readonly string[]): Promise<string> {
  const [first = '', second = '', third = '', fourth = ''] = words
  const { clock } = peer.options.network
  const { up } = peer.links
  const newest = () => [...up.values()].at(-1)
  const told = (link: PeerLink | undefined) =>
    link === undefined ? 'none' : `${link.address} ${link.peersAddress}`
  switch (what) {
    case 'link':
      return (await waitFor(clock, Number(first), () => up.size >= Number(second || 1)))
        ? told(newest())
        : 'none'
    case 'no-link':
      return (await waitFor(clock, Number(first), () => up.size === 0)) ? 'none' : told(newest())
    case 'ping': {
      const octets = Number(second)
      // A packet that is too large and must not be fragmented is not sent.
      const fits = third !== 'no' || octets <= MTU
      let received = 0
      for (let count = 0; count < Number(fourth); count++) {
        if (fits && (await ping(peer, first, octets))) received++
        await clock.sleep(PING.pause)
      }
      return `${received} ${fourth}`
    }
    default:
      throw new Error(`traffic: unknown command ${what ?? ''}`)
  }
}

/** Waits at most `seconds` s until a condition holds. @returns whether it holds. */
async function waitFor(clock: Clock, seconds: number, so: () => boolean): Promise<boolean> {
  const end = clock.now() + seconds * 1_000
  while (!so()) {
    if (clock.now() >= end) return false
    await clock.sleep(LOOK)
  }
  return true
}

/** Sends one ping, an IP packet of `octets` octets. @returns whether its reply has come. */
async function ping(peer: PeerState, to: string, octets: number): Promise<boolean> {
  const { links, hosted, options } = peer
  const link = [...links.up.values()].findLast((one) => one.peersAddress === to)
  if (link === undefined) return false
  peer.sequence = (peer.sequence + 1) & 0xffff
  peer.identification = (peer.identification % 0xffff) + 1
  const { sequence, identification } = peer
  for (const packet of pingPackets(link.address, to, octets, sequence, identification))
    hosted.command({ name: 'send-datagram', callId: link.callId, octets: packet })
  const came = await waitFor(options.network.clock, PING.reply / 1_000, () => links.replies.has(sequence))
  links.replies.delete(sequence)
  return came
}

/** Returns the IP packet of one ping, or its fragments if the packet exceeds the MTU. */
function pingPackets(
  source: string,
  destination: string,
  octets: number,
  sequence: number,
  identification: number,
): readonly Uint8Array[] {
  const data = new Uint8Array(Math.max(0, octets - IP_HEADER - ICMP_HEADER)).fill(0x70)
  const payload = encodeIcmpEcho({ type: IcmpType.echoRequest, identifier: 1, sequence, data })
  const parts = { source, destination, protocol: 1 } as const
  const room = MTU - IP_HEADER
  return payload.length <= room
    ? [encodeDatagram({ ...parts, payload }, identification)]
    : ipFragments(
        { ...parts, identification, octets: payload },
        { size: room - (room % 8), order: 'in-order' },
      )
}

function methodsOf(authentication: string): readonly AuthenticationMethod[] {
  return authentication === 'any'
    ? AUTHENTICATION_METHODS
    : AUTHENTICATION_METHODS.filter((one) => one === authentication)
}

/** Reads the argument ENCRYPTION of `containers/shared/ppp-options`. */
function encryptionOf(demand: string): EncryptionPolicy | undefined {
  if (demand === 'none') return undefined
  if (demand === 'offered') return { strengths: [128, 56, 40], stateless: 'preferred', required: false }
  const [bits, mode] = demand.split('-')
  return {
    strengths: [Number(bits) as MppeStrength],
    stateless: mode === 'stateful' ? 'allowed' : 'required',
    required: true,
  }
}
