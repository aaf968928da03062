import { addressOctets } from '../protocol/ip.ts'
import { type AutomatonState, type AutomatonTimers, createAutomaton, type OptionPolicy } from './automaton.ts'
import { PppProtocolNumber } from './frame.ts'
import type { Option } from './packet.ts'
import type { PppProtocol } from './protocol.ts'

/**
 * IPCP option types (RFC 1332 section 3, RFC 1877 section 1). Compression (2) is never agreed to.
 */
export const IpcpOption = { address: 3, primaryDns: 129, secondaryDns: 131 } as const

/** What one end offers and asks for in IPCP. Addresses are dotted IPv4. */
export type IpcpOptions = {
  readonly timers?: AutomatonTimers | undefined
} & (
  | {
      /** Has an address, and assigns one to the peer. */
      readonly role: 'server'
      readonly address: string
      readonly peersAddress: string
      /** Up to two name servers for a peer that asks; the option for a missing one is rejected. */
      readonly dns?: readonly string[] | undefined
    }
  | {
      /** Asks for an address. */
      readonly role: 'client'
      /** The address to ask for first; 0.0.0.0, which asks the server for one, unless given. */
      readonly address?: string | undefined
      /** Asks for name servers as well. */
      readonly dns?: boolean | undefined
    }
)

export interface Ipcp extends PppProtocol {
  state(): AutomatonState
  /** Our address as the peer acknowledged it; undefined where it rejected the option. */
  address(): string | undefined
  /** The peer's address as we acknowledged it; undefined where it stated none. */
  peersAddress(): string | undefined
  /** The name servers that the peer gave us. */
  dns(): readonly string[]
}

const UNKNOWN = '0.0.0.0'
const DNS: readonly number[] = [IpcpOption.primaryDns, IpcpOption.secondaryDns]

/** Makes IPCP (RFC 1332): addresses of both ends, name servers (RFC 1877), no compression. */
export function createIpcp(options: IpcpOptions): Ipcp {
  const own = options.address ?? UNKNOWN
  const wantsDns = options.role === 'client' && options.dns === true
  const asked = new Map<number, string>([[IpcpOption.address, own]])
  if (wantsDns) for (const type of DNS) asked.set(type, UNKNOWN)
  let granted = new Map<number, string>()
  /** Whether a peer that stated no address has been asked for it by Configure-Nak. */
  let urged = false

  const policy: OptionPolicy = {
    request: () => [...asked].map(([type, address]) => encoded(type, address)),
    judge(peers) {
      const unknown = peers.filter(({ type, data }) => !isKnown(type) || data.length !== 4)
      if (unknown.length > 0) return { kind: 'reject', options: unknown }
      const unbearable = peers.flatMap((option) => better(option) ?? [])
      if (options.role === 'server' && !urged && !peers.some(({ type }) => type === IpcpOption.address)) {
        urged = true
        unbearable.push(encoded(IpcpOption.address, options.peersAddress))
      }
      if (unbearable.length > 0) return { kind: 'nak', options: unbearable }
      granted = new Map(peers.map(({ type, data }) => [type, dotted(data)]))
      return { kind: 'ack' }
    },
    nak(suggested) {
      // A server keeps its own address, whatever its client suggests.
      for (const { type, data } of suggested)
        if (
          asked.has(type) &&
          data.length === 4 &&
          !(options.role === 'server' && type === IpcpOption.address)
        )
          asked.set(type, dotted(data))
    },
    reject(options) {
      for (const { type } of options) asked.delete(type)
    },
  }

  function isKnown(type: number): boolean {
    if (type === IpcpOption.address) return true
    return options.role === 'server' && nameServer(type) !== undefined
  }

  function nameServer(type: number): string | undefined {
    const at = DNS.indexOf(type)
    return at < 0 || options.role === 'client' ? undefined : options.dns?.[at]
  }

  /** Returns the option with the right address; undefined where the peer's is right. */
  function better({ type, data }: Option): Option | undefined {
    const right =
      type !== IpcpOption.address
        ? nameServer(type)
        : options.role === 'server'
          ? options.peersAddress
          : undefined
    return right === undefined || right === dotted(data) ? undefined : encoded(type, right)
  }

  const automaton = createAutomaton(policy, options.timers)
  const known = (address: string | undefined) => (address === UNKNOWN ? undefined : address)
  return {
    protocol: PppProtocolNumber.ipcp,
    handle: automaton.handle,
    state: automaton.state,
    address: () => known(asked.get(IpcpOption.address)),
    peersAddress: () => known(granted.get(IpcpOption.address)),
    dns: () => (wantsDns ? DNS.flatMap((type) => known(asked.get(type)) ?? []) : []),
  }
}

function encoded(type: number, address: string): Option {
  return { type, data: addressOctets(address) }
}

function dotted(octets: Uint8Array): string {
  return [...octets].join('.')
}
