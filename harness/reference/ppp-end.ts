import type { AuthenticationMethod } from '../ppp/authentication.ts'
import type { EncryptionPolicy } from '../ppp/encryption.ts'
import { decodeFrame, PppProtocolNumber } from '../ppp/frame.ts'
import type { IpcpOptions } from '../ppp/ipcp.ts'
import type { LinkAction, PppLink } from '../ppp/link.ts'
import { decodePacket, PacketCode } from '../ppp/packet.ts'
import { createPppPeer, type PppPeerOptions } from '../ppp/peer.ts'
import type { PppAccounts } from '../ppp/profile.ts'
import { seededOctets } from '../ppp/random.ts'
import type { CallRole } from './call-model.ts'
import type { Faults } from './faults.ts'

/** What lives behind calls: one PPP peer each. */
export interface PppSettings {
  /** Whom it lets in, and how it proves itself. */
  readonly accounts: PppAccounts
  /** How a caller may prove who it is, the first asked for; none: it need not. */
  readonly methods: readonly AuthenticationMethod[]
  /** Absent: CCP is not spoken. */
  readonly encryption?: EncryptionPolicy | undefined
  /** Its own address, and the first that it hands out; later ones count up in the last octet. Dotted IPv4. */
  readonly address: string
  readonly firstAddress: string
}

/**
 * The PPP peer behind one call. Who answered the call is the server, asks for authentication and hands out addresses; who placed it proves who
 * it is and asks for an address.
 * @param serial differs from call to call.
 */
export function pppBehindCall(settings: PppSettings, role: CallRole, seed: number, serial: number): PppLink {
  const common = {
    random: seededOctets(seed + serial),
    prove: proofOf(settings),
    encryption: settings.encryption,
  }
  if (role === 'pns-outgoing' || role === 'pac-incoming')
    return createPppPeer({ ...common, network: { role: 'client' } })
  return createPppPeer({ ...common, authenticate: checkOf(settings), network: networkOf(settings, serial) })
}

function proofOf({ accounts, methods }: PppSettings): PppPeerOptions['prove'] {
  const [first, ...others] = methods
  if (accounts.own === undefined || first === undefined) return undefined
  return { account: accounts.own, methods: [first, ...others] }
}

function checkOf({ accounts, methods }: PppSettings): PppPeerOptions['authenticate'] {
  const [first, ...others] = methods
  if (first === undefined) return undefined
  return {
    methods: [first, ...others],
    name: accounts.own?.name ?? '',
    secretOf: (name) => (name === accounts.name ? accounts.secret : undefined),
  }
}

function networkOf({ address, firstAddress }: PppSettings, serial: number): IpcpOptions {
  const [a, b, c, first] = firstAddress.split('.').map(Number)
  const last = 1 + (((first ?? 1) - 1 + serial - 1) % 254)
  return { role: 'server', address, peersAddress: `${a}.${b}.${c}.${last}` }
}

/** Puts the faults of PPP on what a link sends. */
export function withFaults(link: PppLink, faults: Faults): PppLink {
  const spoil = (actions: readonly LinkAction[]) =>
    actions.flatMap((action): readonly LinkAction[] => {
      if (action.kind !== 'send') return [action]
      const frame = spoilFrame(action.frame, faults)
      return frame === undefined ? [] : [{ kind: 'send', frame }]
    })
  return {
    open: () => spoil(link.open()),
    close: () => spoil(link.close()),
    receive: (frame) => spoil(link.receive(frame)),
    timer: (timer) => spoil(link.timer(timer)),
  }
}

function spoilFrame(octets: Uint8Array, faults: Faults): Uint8Array | undefined {
  const frame = decodeFrame(octets)
  if (frame?.protocol === PppProtocolNumber.ipv4 || frame?.protocol === PppProtocolNumber.compressed)
    return faults.has('ppp-drops-datagrams') ? undefined : octets
  if (frame?.protocol !== PppProtocolNumber.lcp) return octets
  switch (decodePacket(frame.information)?.code) {
    case PacketCode.configureRequest:
      return faults.has('lcp-no-request') ? undefined : octets
    case PacketCode.configureAck:
      if (faults.has('lcp-no-reply')) return undefined
      return faults.has('lcp-wrong-identifier') ? otherIdentifier(octets, frame.information.length) : octets
    case PacketCode.configureNak:
    case PacketCode.configureReject:
      return faults.has('lcp-no-reply') ? undefined : octets
    case PacketCode.echoReply:
      if (faults.has('lcp-no-echo-reply')) return undefined
      return faults.has('lcp-echo-wrong-identifier')
        ? otherIdentifier(octets, frame.information.length)
        : octets
    case PacketCode.terminateAck:
      return faults.has('lcp-no-terminate-ack') ? undefined : octets
    case PacketCode.codeReject:
      return faults.has('lcp-no-code-reject') ? undefined : octets
    default:
      return octets
  }
}

function otherIdentifier(octets: Uint8Array, informationSize: number): Uint8Array {
  const spoilt = octets.slice()
  const at = octets.length - informationSize + 1
  spoilt[at] = ((spoilt[at] ?? 0) + 1) & 0xff
  return spoilt
}
