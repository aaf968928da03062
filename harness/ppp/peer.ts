import { IP_HEADER_SIZE, ipFragments } from '../protocol/ip.ts'
import { createIpReassembly, type IpReassembly } from '../protocol/ip-reassembly.ts'
import { concat, readUint16, readUint32 } from '../protocol/octets.ts'
import type { Account, AuthenticationMethod } from './authentication.ts'
import type { AutomatonTimers } from './automaton.ts'
import {
  type Datagram,
  decodeDatagram,
  encodeDatagram,
  encodeIcmpEcho,
  IcmpType,
  icmpEchoOf,
} from './datagram.ts'
import { createEncryption, type EncryptionAgreed, type EncryptionPolicy } from './encryption.ts'
import { decodeFrame, encodeFrame, PppProtocolNumber } from './frame.ts'
import { createIpcp, type IpcpOptions } from './ipcp.ts'
import { createLcp, type Lcp, LcpOption } from './lcp.ts'
import type { LinkAction, PppLink } from './link.ts'
import { createIdentityCheck, createIdentityProof, type Login } from './login.ts'
import { decodePacket, encodePacket, PacketCode } from './packet.ts'
import type { AuthenticatedSide, PppAction, PppEvent, PppNotice, PppProtocol } from './protocol.ts'
import { type RandomOctets, randomMagicNumber } from './random.ts'

/** The phases of a link (RFC 1661 section 3.2). */
export type PppPhase = 'dead' | 'establish' | 'authenticate' | 'network' | 'terminate'

export interface PppPeerOptions {
  /** Draws challenges and Magic-Numbers. */
  readonly random: RandomOctets
  /** Octets of information that we take; 1500 unless given. */
  readonly mru?: number | undefined
  /** How the peer has to prove its identity; absent: it need not. */
  readonly authenticate?:
    | {
        /** The first is asked for, the others are granted where the peer prefers them. */
        readonly methods: readonly [AuthenticationMethod, ...AuthenticationMethod[]]
        /** Our name in Challenges. */
        readonly name: string
        readonly secretOf: (name: string) => string | undefined
        /**
         * Who refuses to prove it is let in all the same; not unless given. Asked when one does.
         */
        readonly optional?: (() => boolean) | undefined
      }
    | undefined
  /** How we prove ours where the peer asks; absent: what it asks for is rejected. */
  readonly prove?:
    | {
        readonly account: Account
        /** The first is preferred, the others are granted where the peer asks for them. */
        readonly methods: readonly [AuthenticationMethod, ...AuthenticationMethod[]]
      }
    | undefined
  /** What to ask of CCP; absent: it is not spoken here. */
  readonly encryption?: EncryptionPolicy | undefined
  readonly network: IpcpOptions
  /** False: ICMP echo is left to whoever runs the peer. */
  readonly answersPing?: boolean | undefined
  /** Offers to take frames without FF 03, and with protocol numbers of one octet. */
  readonly takesCompressed?: boolean | undefined
  /** Of LCP, CCP and IPCP. */
  readonly timers?: AutomatonTimers | undefined
  /**
   * Sees each step of a protocol's machine, and may change what follows from it: so that a peer can
   * be made to break a rule.
   */
  readonly onStep?: ((step: PppStep) => readonly PppAction[]) | undefined
}

/** What one protocol's machine makes of one event. */
export interface PppStep {
  /** PPP protocol number. */
  readonly protocol: number
  readonly event: PppEvent
  readonly actions: readonly PppAction[]
}

/** What is known of a link whose network is up. Addresses are dotted IPv4. */
export interface PppNetwork {
  /** Undefined where the peer gave us none. */
  readonly address: string | undefined
  readonly peersAddress: string | undefined
  readonly dns: readonly string[]
  readonly encryption: EncryptionAgreed | undefined
  /** How the peer proved its identity, and how we proved ours. */
  readonly peersMethod: AuthenticationMethod | undefined
  readonly ownMethod: AuthenticationMethod | undefined
  /** Octets of information that the peer takes. */
  readonly peersMru: number
}

/** Why a link came to nothing, or to its end. */
export type PppFailure =
  /** `message`: what the authenticator said, or what was missing. Latin-1 text from a peer. */
  | {
      readonly kind: 'authentication-failed'
      readonly side: AuthenticatedSide
      readonly name: string
      readonly message: string
    }
  /** The peer would not prove its identity by any of the methods demanded. */
  | { readonly kind: 'authentication-refused' }
  | { readonly kind: 'encryption-not-agreed'; readonly why: string }
  | { readonly kind: 'addresses-not-agreed'; readonly why: string }
  /** The peer sent LCP Terminate-Request; `message` is what it says there, as Latin-1 text. */
  | { readonly kind: 'terminated-by-peer'; readonly message: string }
  /** We asked for it. */
  | { readonly kind: 'closed' }
  /** LCP's requests had no answer that it could use. */
  | { readonly kind: 'no-agreement' }

/** A whole PPP peer: everything on one link. Never throws, whatever it is sent. */
export interface PppPeer extends PppLink {
  phase(): PppPhase
  /** Defined while datagrams may be sent. */
  network(): PppNetwork | undefined
  /** Undefined while nothing went wrong. */
  failure(): PppFailure | undefined
  /** Sends an IPv4 packet made of these parts; the source is our address unless given. */
  sendTo(datagram: Omit<Datagram, 'source'> & { readonly source?: string }): readonly LinkAction[]
  /**
   * Sends an LCP Echo-Request; its reply is a notice with the same identifier. Undefined unless LCP
   * is open.
   */
  echo(
    data?: Uint8Array,
  ): { readonly identifier: number; readonly actions: readonly LinkAction[] } | undefined
}

/** One protocol on the link, and what follows from its changes. */
interface Slot {
  readonly machine: PppProtocol
  readonly timer: string
  readonly opened: () => readonly LinkAction[]
  readonly down?: () => readonly LinkAction[]
  readonly finished?: () => readonly LinkAction[]
}

const NONE = new Uint8Array(0)

/**
 * Composes LCP, authentication in either or both directions, CCP with MPPE, and IPCP, in the phases
 * of RFC 1661 section 3. A peer is made for one link; LCP may be negotiated again on it, which
 * begins everything above anew.
 */
export function createPppPeer(options: PppPeerOptions): PppPeer {
  const { random, authenticate, prove, timers } = options
  let phase: PppPhase = 'dead'
  let failure: PppFailure | undefined
  let isUp = false
  let reassembly: IpReassembly | undefined
  let identification = 0
  /** Who proves what in this phase, and which proofs are still due. */
  let logins: readonly (Slot & { readonly login: Login })[] = []
  let due = new Set<Slot>()

  const lcp = createLcp({
    magicNumber: randomMagicNumber(random),
    demand: authenticate?.methods ?? [],
    accept: prove?.methods ?? [],
    ...(options.mru === undefined ? {} : { mru: options.mru }),
    takesCompressed: options.takesCompressed ?? false,
    ...(timers === undefined ? {} : { timers }),
  })
  const ipcp = createIpcp({ timers, ...options.network })
  const encryption = options.encryption && createEncryption(options.encryption, timers)

  const lcpSlot: Slot = {
    machine: lcp,
    timer: 'lcp',
    opened: enterAuthentication,
    down: leaveNetwork,
    finished() {
      phase = 'dead'
      failure ??= { kind: 'no-agreement' }
      return [{ kind: 'finished' }]
    },
  }
  const ipcpSlot: Slot = {
    machine: ipcp,
    timer: 'ipcp',
    opened: comeUp,
    down: goDown,
    finished: () => fail({ kind: 'addresses-not-agreed', why: 'IPCP did not open' }),
  }
  const ccpSlot: Slot | undefined = encryption && {
    machine: encryption.ccp,
    timer: 'ccp',
    opened: () =>
      encryption.begin()
        ? [...startAddresses(), ...comeUp()]
        : withoutEncryption('CCP opened without encryption in both directions'),
    down() {
      encryption.end()
      return goDown()
    },
    finished: () => withoutEncryption('CCP did not open'),
  }

  function pass(slot: Slot, event: PppEvent): readonly LinkAction[] {
    const { protocol } = slot.machine
    const actions = slot.machine.handle(event)
    return (options.onStep?.({ protocol, event, actions }) ?? actions).flatMap((action) =>
      carry(slot, action),
    )
  }

  function carry(slot: Slot, action: PppAction): readonly LinkAction[] {
    switch (action.kind) {
      case 'send':
        return [{ kind: 'send', frame: encodeFrame(slot.machine.protocol, action.octets) }]
      case 'set-timer':
        return [{ kind: 'set-timer', timer: slot.timer, ms: action.ms }]
      case 'cancel-timer':
        return [{ kind: 'cancel-timer', timer: slot.timer }]
      case 'opened':
        return [
          {
            kind: 'opened',
            protocol: slot.machine.protocol,
            ...(slot === lcpSlot ? peersMap(lcp) : {}),
          },
          ...slot.opened(),
        ]
      case 'down':
        return slot.down?.() ?? []
      case 'finished':
        return slot.finished?.() ?? []
      case 'notice':
        return [{ kind: 'notice', notice: action.notice }, ...heed(action.notice)]
    }
  }

  function heed(notice: PppNotice): readonly LinkAction[] {
    switch (notice.kind) {
      case 'authentication-failed':
        return fail(notice)
      case 'protocol-rejected':
        if (notice.protocol === PppProtocolNumber.ipcp)
          return fail({ kind: 'addresses-not-agreed', why: 'the peer does not speak IPCP' })
        if (notice.protocol === PppProtocolNumber.ccp) return withoutEncryption('the peer does not speak CCP')
        return []
      default:
        encryption?.heed(notice)
        return []
    }
  }

  /** Ends the link for a reason; the first one counts. */
  function fail(why: PppFailure): readonly LinkAction[] {
    failure ??= why
    phase = 'terminate'
    return pass(lcpSlot, { kind: 'close' })
  }

  function enterAuthentication(): readonly LinkAction[] {
    phase = 'authenticate'
    const peersMethod = lcp.peersMethod()
    const ownMethod = lcp.ownMethod()
    if (authenticate !== undefined && peersMethod === undefined && authenticate.optional?.() !== true)
      return fail({ kind: 'authentication-refused' })
    const wanted = [
      ...(authenticate === undefined || peersMethod === undefined
        ? []
        : [createIdentityCheck(peersMethod, { random, ...authenticate })]),
      ...(prove === undefined || ownMethod === undefined
        ? []
        : [createIdentityProof(ownMethod, { account: prove.account, random })]),
    ]
    logins = wanted.map((login) => {
      const slot = {
        login,
        machine: login.machine,
        timer: `${login.side}-authentication`,
        opened: () => (due.delete(slot) && due.size === 0 ? enterNetwork() : []),
      }
      return slot
    })
    due = new Set(logins)
    return logins.length === 0 ? enterNetwork() : logins.flatMap((slot) => pass(slot, { kind: 'up' }))
  }

  function enterNetwork(): readonly LinkAction[] {
    phase = 'network'
    if (encryption === undefined || ccpSlot === undefined) return startAddresses()
    const [proof] = logins.flatMap(({ login }) => {
      const keys = login.keys()
      return keys === undefined
        ? []
        : [{ keys, end: login.side === 'peer' ? 'authenticator' : 'authenticated' } as const]
    })
    if (proof === undefined) return withoutEncryption('authentication left no keys')
    encryption.use(proof.keys, proof.end)
    // Addresses come after it: pppd, for one, does not listen to IPCP before CCP is open where it
    // insists on encryption. A peer that has no use for CCP says so, or begins with IPCP.
    return pass(ccpSlot, { kind: 'up' })
  }

  function withoutEncryption(why: string): readonly LinkAction[] {
    if (encryption === undefined || phase !== 'network') return []
    if (encryption.required) return fail({ kind: 'encryption-not-agreed', why })
    encryption.forgo()
    return [
      ...(ccpSlot === undefined ? [] : pass(ccpSlot, { kind: 'down' })),
      ...startAddresses(),
      ...comeUp(),
    ]
  }

  function startAddresses(): readonly LinkAction[] {
    return phase === 'network' && ipcp.state() === 'initial' ? pass(ipcpSlot, { kind: 'up' }) : []
  }

  function comeUp(): readonly LinkAction[] {
    if (isUp || phase !== 'network' || ipcp.state() !== 'opened') return []
    if (encryption !== undefined && !encryption.isSettled()) return []
    isUp = true
    return [{ kind: 'network-up', address: ipcp.address(), peersAddress: ipcp.peersAddress() }]
  }

  function goDown(): readonly LinkAction[] {
    if (!isUp) return []
    isUp = false
    return [{ kind: 'network-down' }]
  }

  /** LCP is not open any more: everything above it goes down. */
  function leaveNetwork(): readonly LinkAction[] {
    if (phase !== 'terminate') phase = 'establish'
    const upper = [...logins, ipcpSlot, ...(ccpSlot === undefined ? [] : [ccpSlot])]
    const down = upper.flatMap((slot) => pass(slot, { kind: 'down' }))
    encryption?.forget()
    logins = []
    due = new Set()
    return [...goDown(), ...down]
  }

  function slots(): readonly Slot[] {
    return [lcpSlot, ...logins, ...(ccpSlot === undefined ? [] : [ccpSlot]), ipcpSlot]
  }

  function receive(octets: Uint8Array): readonly LinkAction[] {
    const frame = decodeFrame(octets)
    if (frame === undefined || phase === 'dead') return []
    const { protocol, information } = frame
    if (protocol === PppProtocolNumber.lcp) return control(information)
    if (phase === 'authenticate' || phase === 'network') return above(protocol, information)
    return []
  }

  function control(information: Uint8Array): readonly LinkAction[] {
    const packet = decodePacket(information)
    if (packet?.code === PacketCode.terminateRequest && lcp.state() === 'opened') {
      let message = ''
      for (const octet of packet.data) message += String.fromCharCode(octet)
      failure ??= { kind: 'terminated-by-peer', message }
      phase = 'terminate'
    }
    return pass(lcpSlot, { kind: 'packet', octets: information })
  }

  function above(protocol: number, information: Uint8Array): readonly LinkAction[] {
    const concerned = logins.filter(({ machine }) => machine.protocol === protocol)
    if (concerned.length > 0)
      return concerned.flatMap((slot) => pass(slot, { kind: 'packet', octets: information }))
    // What comes before authentication is over is dropped (section 3.5), unknown protocols
    // included.
    if (phase !== 'network') return []
    switch (protocol) {
      case PppProtocolNumber.ipcp:
        return [...startAddresses(), ...pass(ipcpSlot, { kind: 'packet', octets: information })]
      case PppProtocolNumber.ccp:
        return ccpSlot === undefined || encryption?.isForgone() === true
          ? reject(protocol, information)
          : pass(ccpSlot, { kind: 'packet', octets: information })
      case PppProtocolNumber.ipv4:
        return encryption?.decrypts() === true && options.encryption?.takesClear?.() !== true
          ? []
          : datagram(information)
      case PppProtocolNumber.compressed:
        return encryption === undefined ? reject(protocol, information) : decrypted(information)
      default:
        return reject(protocol, information)
    }
  }

  function reject(protocol: number, information: Uint8Array): readonly LinkAction[] {
    if (lcp.state() !== 'opened') return []
    const octets = lcp.protocolReject(protocol, information)
    return [{ kind: 'send', frame: encodeFrame(PppProtocolNumber.lcp, octets) }]
  }

  function decrypted(octets: Uint8Array): readonly LinkAction[] {
    if (encryption === undefined || ccpSlot === undefined) return []
    const { plain, actions } = encryption.decrypt(octets)
    const followed = actions.flatMap((action) => carry(ccpSlot, action))
    const inner = plain && decodeFrame(plain)
    return inner?.protocol === PppProtocolNumber.ipv4
      ? [...followed, ...datagram(inner.information)]
      : followed
  }

  function datagram(octets: Uint8Array): readonly LinkAction[] {
    if (!isUp) return []
    const arrived: LinkAction = { kind: 'datagram', octets }
    const replies = options.answersPing === false ? [] : answerTo(octets)
    return [arrived, ...replies.flatMap(sendDatagram)]
  }

  /**
   * The packets that answer a ping that is for us; one that came in fragments is answered when it
   * is whole.
   */
  function answerTo(octets: Uint8Array): readonly Uint8Array[] {
    const packet = isFragment(octets) ? putTogether(octets) : decodeDatagram(octets)
    if (packet === undefined || packet.destination !== ipcp.address()) return []
    const echo = icmpEchoOf(packet)
    if (echo?.type !== IcmpType.echoRequest) return []
    const payload = encodeIcmpEcho({ ...echo, type: IcmpType.echoReply })
    const { destination: source, source: destination, protocol } = packet
    const identification = nextIdentification()
    // Encryption puts two octets and a protocol number in front.
    const room = lcp.peersMru() - IP_HEADER_SIZE - (encryption?.agreed() === undefined ? 0 : 4)
    if (payload.length <= room)
      return [encodeDatagram({ source, destination, protocol, payload }, identification)]
    return ipFragments(
      { source, destination, protocol, identification, octets: payload },
      { size: room - (room % 8), order: 'in-order' },
    )
  }

  function putTogether(octets: Uint8Array): Datagram | undefined {
    // Most links never see a fragment. No clock: how long one may wait is bounded by how many do.
    reassembly ??= createIpReassembly()
    return reassembly.take(octets, 0, 0)
  }

  function nextIdentification(): number {
    identification = (identification % 0xffff) + 1
    return identification
  }

  function sendDatagram(octets: Uint8Array): readonly LinkAction[] {
    if (!isUp) return []
    const { ipv4, compressed } = PppProtocolNumber
    const ciphertext = encryption?.encrypt(concat(Uint8Array.of(0, ipv4), octets))
    const frame = ciphertext === undefined ? encodeFrame(ipv4, octets) : encodeFrame(compressed, ciphertext)
    return [{ kind: 'send', frame }]
  }

  return {
    phase: () => phase,
    failure: () => failure,
    network() {
      if (!isUp) return undefined
      return {
        address: ipcp.address(),
        peersAddress: ipcp.peersAddress(),
        dns: ipcp.dns(),
        encryption: encryption?.agreed(),
        peersMethod: lcp.peersMethod(),
        ownMethod: lcp.ownMethod(),
        peersMru: lcp.peersMru(),
      }
    },
    open() {
      phase = 'establish'
      return pass(lcpSlot, { kind: 'up' })
    },
    close: () => fail({ kind: 'closed' }),
    receive,
    timer(timer) {
      const slot = slots().find((one) => one.timer === timer)
      return slot === undefined ? [] : pass(slot, { kind: 'timer' })
    },
    sendDatagram,
    sendTo({ source = ipcp.address() ?? '0.0.0.0', destination, protocol, payload }) {
      return sendDatagram(encodeDatagram({ source, destination, protocol, payload }, nextIdentification()))
    },
    echo(data = NONE) {
      if (lcp.state() !== 'opened') return undefined
      const packet = lcp.echoRequest(data)
      const frame = encodeFrame(PppProtocolNumber.lcp, encodePacket(packet))
      return { identifier: packet.identifier, actions: [{ kind: 'send', frame }] }
    },
  }
}

/** Whether an IPv4 packet is a part of one: more fragments follow, or it begins in the middle. */
function isFragment(octets: Uint8Array): boolean {
  return octets.length >= IP_HEADER_SIZE && (readUint16(octets, 6) & 0x3fff) !== 0
}

function peersMap(lcp: Lcp): { readonly peersMap?: number } {
  const map = lcp.granted().get(LcpOption.accm)?.data
  return map === undefined ? {} : { peersMap: readUint32(map, 0) }
}
