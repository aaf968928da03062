import { type IpPayload, ipFragments, ipPacket } from '../protocol/ip.ts'
import { requireIPv4 } from './failures.ts'
import { IPPROTO_GRE, type Libc, libc, MSG_DONTWAIT } from './libc.ts'
import type { IpCarriage } from './network.ts'
import { openIpSender } from './raw-socket.ts'

/** How many packets are kept while the kernel has no room for them. */
const BACKLOG_LIMIT = 1_024
/** Time until these packets are sent again, in ms. */
const BACKLOG_DELAY = 1
/**
 * How often one packet is tried. The kernel reports an ICMP error once, through the next call on
 * the socket; if that call is a `send`, it sends nothing.
 */
const SEND_ATTEMPTS = 4

/**
 * Errors that an ICMP message leaves on the socket. `send` reports such an error instead of
 * sending, so the packet is sent again.
 */
const EARLIER_PACKETS_ERROR = new Set([
  'ECONNREFUSED',
  'ENOPROTOOPT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENONET',
  'EPROTO',
])

/** Octets that wait to be sent, and the descriptor to send them through. */
interface Outgoing {
  readonly through: number
  readonly octets: Uint8Array
}

/** The sending half of a raw GRE socket. */
export interface GreSender {
  readonly sys: Libc
  /** The socket's descriptor. */
  readonly fd: number
  readonly local: string
  readonly remote: string
  /** Is told why a packet could not be sent, after the call that sends it is over. */
  readonly report: (code: string) => void
  /** Descriptor for packets with an IP header of our own; -1 until the first such packet. */
  ipFd: number
  readonly backlog: Outgoing[]
  open: boolean
}

/** Creates the sending half of a socket. The caller goes on to own its descriptor `fd`. */
export function createGreSender(ends: Pick<GreSender, 'fd' | 'local' | 'remote' | 'report'>): GreSender {
  return { ...ends, sys: libc(), ipFd: -1, backlog: [], open: true }
}

/**
 * Sends a packet, or keeps a copy of it until the kernel has room.
 * @param through the descriptor that takes it: the socket's own, or the one for whole IP packets.
 */
export function sendThrough(sender: GreSender, through: number, octets: Uint8Array): void {
  const { backlog } = sender
  if (backlog.length >= BACKLOG_LIMIT) sender.report('ENOBUFS')
  else if (backlog.length > 0) backlog.push({ through, octets: octets.slice() })
  else if (!trySend(sender, through, octets)) {
    backlog.push({ through, octets: octets.slice() })
    setTimeout(flush, BACKLOG_DELAY, sender)
  }
}

/**
 * Sends a packet in IP packets whose headers are ours.
 * @throws RangeError when the size of fragments is no positive multiple of 8.
 * @throws UsageError when the source is not dotted IPv4.
 */
export function sendCarried(sender: GreSender, packet: Uint8Array, carriage: IpCarriage): void {
  const { fragments, source = sender.local } = carriage
  requireIPv4(source)
  if (sender.ipFd === -1) sender.ipFd = openIpSender(sender.remote)
  const payload: IpPayload = {
    source,
    destination: sender.remote,
    protocol: IPPROTO_GRE,
    identification: nextIdentification(),
    octets: packet,
  }
  const packets = fragments === undefined ? [ipPacket(payload)] : ipFragments(payload, fragments)
  for (const octets of packets) sendThrough(sender, sender.ipFd, octets)
}

/** Drops the packets that wait, and sends nothing from now on. */
export function closeGreSender(sender: GreSender): void {
  sender.open = false
  sender.backlog.length = 0
  if (sender.ipFd !== -1) sender.sys.close(sender.ipFd)
}

/**
 * Returns true when the packet was sent, or refused for good; false when the kernel has no room for
 * it now.
 */
function trySend({ sys, report }: GreSender, through: number, octets: Uint8Array): boolean {
  for (let attempt = 1; ; attempt++) {
    if (sys.send(through, octets, octets.length, MSG_DONTWAIT) !== -1) return true
    const code = sys.errno()
    if (code === 'EAGAIN' || code === 'ENOBUFS') return false
    if (code === 'EINTR') continue
    report(code)
    if (attempt === SEND_ATTEMPTS || !EARLIER_PACKETS_ERROR.has(code)) return true
  }
}

/** Sends the packets that wait, as long as the kernel has room. */
function flush(sender: GreSender): void {
  const { backlog } = sender
  if (!sender.open) return
  for (
    let packet = backlog[0];
    packet !== undefined && trySend(sender, packet.through, packet.octets);
    packet = backlog[0]
  )
    backlog.shift()
  if (backlog.length > 0) setTimeout(flush, BACKLOG_DELAY, sender)
}

let lastIdentification = 0

/** Returns 1 to 65535 in turn, so that two packets under way differ in their identification. */
function nextIdentification(): number {
  lastIdentification = (lastIdentification % 0xffff) + 1
  return lastIdentification
}
