import type { Network } from '../../network/network.ts'
import { AUTHENTICATION_METHODS, type AuthenticationMethod } from '../../ppp/authentication.ts'
import { encodeDatagram, encodeIcmpEcho, IcmpType, icmpEchoOf } from '../../ppp/datagram.ts'
import type { EncryptionPolicy } from '../../ppp/encryption.ts'
import type { MppeStrength } from '../../ppp/mppe-keys.ts'
import { ipFragments } from '../../protocol/ip.ts'
import { createIpReassembly } from '../../protocol/ip-reassembly.ts'
import { PPTP_PORT } from '../../protocol/messages.ts'
import { DEFAULT_CONFIGURATION } from '../../reference/configuration.ts'
import { seamsWith } from '../../reference/faults.ts'
import { createReference } from '../../reference/machine.ts'
import type { MutantName } from '../../reference/mutants.ts'
import { type HostedDial, type HostedMachine, hostMachine, type LinkNews } from '../embedded-host.ts'

/**
 * The reference as one end of an interoperability run: listens, dials when it is told to, and does
 * inside its links what `containers/shared/traffic` does with the programs of a system.
 */
export interface Peer {
  /**
   * Runs a command, which is answered with a line of facts.
   * @throws Error for one that it does not know.
   */
  perform(words: readonly string[]): Promise<string>
  close(): Promise<void>
}

export interface PeerOptions {
  readonly network: Network
  /** Where it listens: dotted IPv4. */
  readonly address: string
  /** Its one fault; none unless given. */
  readonly fault?: MutantName | undefined
  /** The first Call ID that it assigns. */
  readonly firstCallId?: number | undefined
  readonly log: (text: string) => void
}

/** By which the ends of an interoperability run prove who they are. */
const ACCOUNT = { name: 'tester', secret: 'secret-of-tester' } as const

interface PeerLink {
  readonly callId: number
  readonly address: string
  readonly peersAddress: string
}

/** ms to wait for the reply to a ping, and between two pings. */
const PING = { reply: 1_000, pause: 50 } as const
const IP_HEADER = 20
const ICMP_HEADER = 8
/** Octets of IP packet that a link takes: what encryption puts in front fits behind it. */
const MTU = 1_496
/** ms between two looks at a thing that is waited for. */
const LOOK = 20

/** @throws EnvironmentError when the address cannot be bound. */
export async function startPeer(options: PeerOptions): Promise<Peer> {
  const { network, address, log } = options
  const { clock } = network
  const links = new Map<number, PeerLink>()
  const dials = new Map<string, HostedDial>()
  const replies = new Set<number>()
  const reassembly = createIpReassembly()
  let identification = 0
  let sequence = 0
  let hosted = await host('any', 'offered')

  function onLink(news: LinkNews): void {
    if (news.kind === 'link-up')
      links.set(news.callId, {
        callId: news.callId,
        address: news.address ?? 'none',
        peersAddress: news.peersAddress ?? 'none',
      })
    else if (news.kind === 'link-down') links.delete(news.callId)
    else {
      const packet = reassembly.take(news.octets, 0, clock.now())
      const echo = packet && icmpEchoOf(packet)
      if (echo?.type === IcmpType.echoReply) replies.add(echo.sequence)
    }
  }

  function host(authentication: string, encryption: string): Promise<HostedMachine> {
    const machine = createReference({
      configuration: {
        firstCallId: options.firstCallId ?? DEFAULT_CONFIGURATION.firstCallId,
        // Behind address translation several clients have one address.
        connectionsPerPeer: 'many',
        ppp: {
          ...DEFAULT_CONFIGURATION.ppp,
          accounts: { ...ACCOUNT, own: ACCOUNT },
          methods: methodsOf(authentication),
          // A packet right behind the reply reaches a router that translates before it knows of the
          // call.
          silent: 'answering',
          encryption: encryptionOf(encryption),
        },
      },
      faults: seamsWith(options.fault),
    })
    return hostMachine(network, machine, { address, port: PPTP_PORT, log, onLink })
  }

  async function waitFor(seconds: number, so: () => boolean): Promise<boolean> {
    const end = clock.now() + seconds * 1_000
    while (!so()) {
      if (clock.now() >= end) return false
      await clock.sleep(LOOK)
    }
    return true
  }

  async function ping(to: string, octets: number, isWhole: boolean): Promise<boolean> {
    const link = [...links.values()].findLast((one) => one.peersAddress === to)
    if (link === undefined || (isWhole && octets > MTU)) return false
    sequence = (sequence + 1) & 0xffff
    identification = (identification % 0xffff) + 1
    const mine = sequence
    const data = new Uint8Array(Math.max(0, octets - IP_HEADER - ICMP_HEADER)).fill(0x70)
    const payload = encodeIcmpEcho({ type: IcmpType.echoRequest, identifier: 1, sequence: mine, data })
    const parts = { source: link.address, destination: to, protocol: 1 } as const
    const room = MTU - IP_HEADER
    const packets =
      payload.length <= room
        ? [encodeDatagram({ ...parts, payload }, identification)]
        : ipFragments(
            { ...parts, identification, octets: payload },
            { size: room - (room % 8), order: 'in-order' },
          )
    for (const packet of packets)
      hosted.command({ name: 'send-datagram', callId: link.callId, octets: packet })
    const came = await waitFor(PING.reply / 1_000, () => replies.has(mine))
    replies.delete(mine)
    return came
  }

  async function traffic([what, ...words]: readonly string[]): Promise<string> {
    const [first = '', second = '', third = '', fourth = ''] = words
    const newest = () => [...links.values()].at(-1)
    const told = (link: PeerLink | undefined) =>
      link === undefined ? 'none' : `${link.address} ${link.peersAddress}`
    switch (what) {
      case 'link':
        return (await waitFor(Number(first), () => links.size >= Number(second || 1)))
          ? told(newest())
          : 'none'
      case 'no-link':
        return (await waitFor(Number(first), () => links.size === 0)) ? 'none' : told(newest())
      case 'ping': {
        let received = 0
        for (let count = 0; count < Number(fourth); count++) {
          if (await ping(first, Number(second), third === 'no')) received++
          await clock.sleep(PING.pause)
        }
        return `${received} ${fourth}`
      }
      default:
        throw new Error(`traffic: unknown command ${what ?? ''}`)
    }
  }

  async function dial([name = '', server = '', ...settings]: readonly string[]): Promise<string> {
    const secret = settings[0] === '--secret' ? settings[1] : undefined
    const underWay = hosted.dial(server, secret === undefined ? {} : { secret })
    dials.set(name, underWay)
    return await underWay.ended
  }

  return {
    async perform([command, ...words]) {
      const [first = '', second = ''] = words
      switch (command) {
        case 'traffic':
          return await traffic(words)
        case 'ppp-options':
          await hosted.close()
          links.clear()
          hosted = await host(first, second)
          return 'done'
        case 'dial':
          return await dial(words)
        case 'hang-up':
          dials.get(first)?.hangUp()
          return 'done'
        case 'stop-dial':
          dials.get(first)?.stop()
          dials.delete(first)
          return 'done'
        case 'end-calls':
          for (const { callId } of [...links.values()]) hosted.command({ name: 'clear-call', callId })
          return 'done'
        default:
          throw new Error(`unknown command ${command ?? ''}`)
      }
    },
    async close() {
      await hosted.close()
    },
  }
}

function methodsOf(authentication: string): readonly AuthenticationMethod[] {
  return authentication === 'any'
    ? AUTHENTICATION_METHODS
    : AUTHENTICATION_METHODS.filter((one) => one === authentication)
}

/** In the words of `containers/shared/ppp-options`. */
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
