import type { Clock, Timer } from '../../network/network.ts'
import {
  type Datagram,
  decodeDatagram,
  type IcmpMessage,
  IcmpType,
  icmpEchoOf,
  icmpOf,
  type UdpDatagram,
  udpOf,
} from '../../ppp/datagram.ts'
import { decodeFrame, PppProtocolNumber } from '../../ppp/frame.ts'
import type { LinkAction } from '../../ppp/link.ts'
import { decodePacket, PacketCode } from '../../ppp/packet.ts'
import { createPppPeer, type PppFailure, type PppPeer } from '../../ppp/peer.ts'
import type { PppAccounts } from '../../ppp/profile.ts'
import { type Carrier, createCarrier } from '../carrier.ts'
import { createMailbox, type Mailbox } from '../mailbox.ts'
import type { TunnelEnd } from '../tunnel.ts'
import { peerOptions, type SessionOptions } from './options.ts'
import { createPings, type Pings } from './ping.ts'

/** An IPv4 packet that came through the session. */
export interface ReceivedDatagram {
  readonly datagram: Datagram
  readonly udp: UdpDatagram | undefined
  readonly icmp: IcmpMessage | undefined
  readonly entry: number
}

/** How a session ended; `failure`: the reason, where it is known. */
export interface SessionEnd {
  readonly failure: PppFailure | undefined
  readonly entry: number | undefined
}

/** What a session needs from its tester. */
export interface SessionContext {
  readonly clock: Clock
  readonly tunnel: TunnelEnd
  /** ms to wait for the IUT's first packet before sending. */
  readonly patience: number
  /** Returns the IUT's accounts. @throws Inconclusive where none is known. */
  readonly accounts: () => PppAccounts
  /** Seed of all random values of the session; ICMP identifiers count up from it. */
  readonly seed: number
}

/** How many datagrams may wait for the scenario to take them; further ones are dropped. */
const DATAGRAMS = 4096

/** The state of the tester's PPP peer in a call's tunnel. */
export interface PppLinkEnd {
  readonly clock: Clock
  readonly peer: PppPeer
  readonly carrier: Carrier
  /** Whether the peer answers the IUT's pings. False: the scenario sees them. */
  readonly answersPing: boolean
  /** Running timers of the peer, by name. */
  readonly timers: Map<string, Timer>
  /** Functions that are called after each event. */
  readonly watchers: Set<() => void>
  readonly datagrams: Mailbox<ReceivedDatagram>
  /** How many datagrams are in `datagrams`, plus those dropped. */
  waiting: number
  /** The trace entry of each LCP Echo-Reply, by Identifier. */
  readonly echoReplies: Map<number, number>
  readonly pings: Pings
  /** Whether the peer has begun to send. */
  begun: boolean
  /** Whether the IUT has sent anything. */
  heard: boolean
  /** The timer after which the peer no longer waits for the IUT's first packet. */
  impatience: Timer | undefined
  /** Trace entry of the packet that was received last. */
  entry: number | undefined
  /** Trace entry of the packet with which IP opened, or the link failed. */
  settledBy: number | undefined
  end: SessionEnd | undefined
  terminateAcknowledged: boolean
}

/**
 * Starts a PPP peer, which begins at once or with the IUT's first packet (`SessionOptions.waits`).
 */
export function startLinkEnd(context: SessionContext, options: SessionOptions): PppLinkEnd {
  const { clock, tunnel, accounts, seed, patience } = context
  const link: PppLinkEnd = {
    clock,
    peer: createPppPeer(peerOptions(accounts, seed, options)),
    carrier: createCarrier({ tunnel, clock, deliver: (frame, entry) => receive(link, frame, entry) }),
    answersPing: options.answersPing !== false,
    timers: new Map(),
    watchers: new Set(),
    datagrams: createMailbox(clock),
    waiting: 0,
    echoReplies: new Map(),
    pings: createPings(seed & 0xffff),
    begun: false,
    heard: false,
    impatience: undefined,
    entry: undefined,
    settledBy: undefined,
    end: undefined,
    terminateAcknowledged: false,
  }
  link.carrier.open()
  if (options.waits ?? options.role !== 'server') link.impatience = clock.after(patience, () => begin(link))
  else begin(link)
  return link
}

/** Stops the timers of the peer; it sends nothing more. */
export function stopLinkEnd({ impatience, timers, carrier }: PppLinkEnd): void {
  impatience?.cancel()
  for (const timer of timers.values()) timer.cancel()
  timers.clear()
  carrier.close()
}

function receive(link: PppLinkEnd, frame: Uint8Array, entry: number): void {
  link.entry = entry
  link.heard = true
  begin(link)
  const read = decodeFrame(frame)
  if (read?.protocol === PppProtocolNumber.lcp)
    link.terminateAcknowledged ||= decodePacket(read.information)?.code === PacketCode.terminateAck
  perform(link, link.peer.receive(frame))
}

/** Lets the peer begin; further calls have no effect. */
export function begin(link: PppLinkEnd): void {
  if (link.begun) return
  link.begun = true
  link.impatience?.cancel()
  perform(link, link.peer.open())
}

/** Performs the peer's actions, then calls the watchers. */
export function perform(link: PppLinkEnd, actions: readonly LinkAction[]): void {
  const { peer } = link
  for (const action of actions) performOne(link, action)
  if (link.settledBy === undefined && (peer.network() !== undefined || peer.failure() !== undefined))
    link.settledBy = link.entry
  for (const look of [...link.watchers]) look()
}

function performOne(link: PppLinkEnd, action: LinkAction): void {
  const { clock, peer, timers } = link
  switch (action.kind) {
    case 'send':
      link.carrier.send(action.frame)
      break
    case 'set-timer': {
      const { timer } = action
      timers.get(timer)?.cancel()
      timers.set(
        timer,
        clock.after(action.ms, () => {
          timers.delete(timer)
          perform(link, peer.timer(timer))
        }),
      )
      break
    }
    case 'cancel-timer':
      timers.get(action.timer)?.cancel()
      timers.delete(action.timer)
      break
    case 'datagram':
      sortDatagram(link, action.octets)
      break
    case 'notice':
      if (action.notice.kind === 'echo-reply' && link.entry !== undefined)
        link.echoReplies.set(action.notice.identifier, link.entry)
      break
    case 'finished':
      link.end ??= { failure: peer.failure(), entry: link.entry }
      break
    default:
  }
}

/** Handles a received IPv4 packet: an answer to our ping, a ping, or a packet for the scenario. */
function sortDatagram(link: PppLinkEnd, octets: Uint8Array): void {
  const { entry } = link
  const datagram = decodeDatagram(octets)
  if (datagram === undefined || entry === undefined || link.pings.take(datagram, entry)) return
  if (icmpEchoOf(datagram)?.type === IcmpType.echoRequest && link.answersPing) return
  if (link.waiting++ >= DATAGRAMS) return
  link.datagrams.put({ datagram, udp: udpOf(datagram), icmp: icmpOf(datagram), entry })
}

/** Waits until `probe` returns a value, and returns that; undefined after `window` ms. */
export function until<T>(
  { clock, watchers }: PppLinkEnd,
  probe: () => T | undefined,
  window: number,
): Promise<T | undefined> {
  return new Promise((resolve) => {
    const timer = clock.after(window, () => settle(undefined))
    function settle(value: T | undefined): void {
      timer.cancel()
      watchers.delete(look)
      resolve(value)
    }
    function look(): void {
      const value = probe()
      if (value !== undefined) settle(value)
    }
    watchers.add(look)
    look()
  })
}
