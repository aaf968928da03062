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

/** An IPv4 packet that came through the session, pings and their answers apart. */
export interface ReceivedDatagram {
  readonly datagram: Datagram
  readonly udp: UdpDatagram | undefined
  readonly icmp: IcmpMessage | undefined
  readonly entry: number
}

/** How a session ended: what we know of the reason. */
export interface SessionEnd {
  readonly failure: PppFailure | undefined
  readonly entry: number | undefined
}

/** What a session needs of its tester. */
export interface SessionContext {
  readonly clock: Clock
  readonly tunnel: TunnelEnd
  /** ms that the IUT's first packet may take. */
  readonly patience: number
  /** @throws Inconclusive where none is known. */
  readonly accounts: () => PppAccounts
  /** What is random in it derives from this, and ICMP identifiers are it. */
  readonly seed: number
}

/** Datagrams that wait to be asked for; more are dropped. */
const DATAGRAMS = 4096

/** Our PPP peer in a call's tunnel, and what a scenario may ask about it. */
export interface PppLinkEnd {
  readonly clock: Clock
  readonly peer: PppPeer
  readonly carrier: Carrier
  /** False: the IUT's pings come to the scenario. */
  readonly answersPing: boolean
  /** The peer's timers, by its names. */
  readonly timers: Map<string, Timer>
  /** Called after everything that happens. */
  readonly watchers: Set<() => void>
  readonly datagrams: Mailbox<ReceivedDatagram>
  /** How many datagrams wait. */
  waiting: number
  /** The trace entry of each LCP Echo-Reply, by Identifier. */
  readonly echoReplies: Map<number, number>
  readonly pings: Pings
  begun: boolean
  /** Whether the IUT sent anything. */
  heard: boolean
  /** Ends the waiting for the IUT's first packet. */
  impatience: Timer | undefined
  /** The entry in hand. */
  entry: number | undefined
  /** The entry by which the link was up, or failed. */
  settledBy: number | undefined
  end: SessionEnd | undefined
  terminateAcknowledged: boolean
}

/** A link end that begins at once, or with the IUT's first packet: see `SessionOptions.waits`. */
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

/** Stops its timers, sends nothing more. */
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

/** Opens the link, once. */
export function begin(link: PppLinkEnd): void {
  if (link.begun) return
  link.begun = true
  link.impatience?.cancel()
  perform(link, link.peer.open())
}

/** Does what the peer wants done, and tells all who wait that something happened. */
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

/** Tells answers to our pings, pings, and what a scenario is to see apart. */
function sortDatagram(link: PppLinkEnd, octets: Uint8Array): void {
  const { entry } = link
  const datagram = decodeDatagram(octets)
  if (datagram === undefined || entry === undefined || link.pings.take(datagram, entry)) return
  if (icmpEchoOf(datagram)?.type === IcmpType.echoRequest && link.answersPing) return
  if (link.waiting++ >= DATAGRAMS) return
  link.datagrams.put({ datagram, udp: udpOf(datagram), icmp: icmpOf(datagram), entry })
}

/** Waits until `probe` returns something, `window` ms at most. */
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
