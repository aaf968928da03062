import type { AuthenticationMethod } from './authentication.ts'
import type { Datagram } from './datagram.ts'
import type { EncryptionAgreed } from './encryption.ts'
import { encodeFrame, PppProtocolNumber } from './frame.ts'
import type { LinkAction, PppLink } from './link.ts'
import { encodePacket } from './packet.ts'
import type { PppPeerOptions } from './peer-options.ts'
import {
  createLinkState,
  expire,
  fail,
  type LinkState,
  type PppFailure,
  type PppPhase,
  pass,
} from './phases.ts'
import { receive } from './reception.ts'
import { sendDatagram, sendParts } from './traffic.ts'

export type { PppPeerOptions, PppStep } from './peer-options.ts'
export type { PppFailure, PppPhase } from './phases.ts'

/** What the two ends agreed on, on a link whose network is up. Addresses are dotted IPv4. */
export interface PppNetwork {
  /** Undefined where the peer gave us none. */
  readonly address: string | undefined
  readonly peersAddress: string | undefined
  readonly dns: readonly string[]
  readonly encryption: EncryptionAgreed | undefined
  /** How the peer proved its identity, and how we proved ours. */
  readonly peersMethod: AuthenticationMethod | undefined
  readonly ownMethod: AuthenticationMethod | undefined
  /** The peer's Maximum-Receive-Unit, in octets. */
  readonly peersMru: number
}

/** A whole PPP peer: all protocols of one link. Never throws, whatever octets come. */
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

const NONE = new Uint8Array(0)

/**
 * Makes a PPP peer for one link: LCP, authentication in either or both directions, CCP with MPPE,
 * and IPCP, in the phases of RFC 1661 section 3. When LCP is negotiated again, all other protocols
 * begin anew.
 */
export function createPppPeer(options: PppPeerOptions): PppPeer {
  const link = createLinkState(options)
  const lcp = link.lcp.machine
  const ipcp = link.ipcp.machine
  return {
    phase: () => link.phase,
    failure: () => link.failure,
    network: () => (link.isUp ? networkOf(link) : undefined),
    open() {
      link.phase = 'establish'
      return pass(link, link.lcp, { kind: 'up' })
    },
    close: () => fail(link, { kind: 'closed' }),
    receive: (frame) => receive(link, frame),
    timer: (timer) => expire(link, timer),
    sendDatagram: (octets) => sendDatagram(link, octets),
    sendTo: ({ source = ipcp.address() ?? '0.0.0.0', ...rest }) => sendParts(link, { source, ...rest }),
    echo(data = NONE) {
      if (lcp.state() !== 'opened') return undefined
      const packet = lcp.echoRequest(data)
      const frame = encodeFrame(PppProtocolNumber.lcp, encodePacket(packet))
      return { identifier: packet.identifier, actions: [{ kind: 'send', frame }] }
    },
  }
}

function networkOf({ lcp: { machine: lcp }, ipcp: { machine: ipcp }, ccp }: LinkState): PppNetwork {
  return {
    address: ipcp.address(),
    peersAddress: ipcp.peersAddress(),
    dns: ipcp.dns(),
    encryption: ccp?.encryption.agreed(),
    peersMethod: lcp.peersMethod(),
    ownMethod: lcp.ownMethod(),
    peersMru: lcp.peersMru(),
  }
}
