import { EnvironmentError } from '../errors/errors.ts'
import { type IpPayload, ipFragments, ipPacket } from '../protocol/ip.ts'
import { copyOf } from '../protocol/octets.ts'
import { requireIPv4 } from './failures.ts'
import {
  AF_INET,
  IP_MTU_DISCOVER,
  IP_NODEFRAG,
  IP_PMTUDISC_DONT,
  IP_RECVERR,
  IPPROTO_GRE,
  IPPROTO_IP,
  IPPROTO_RAW,
  libc,
  MEMINFO_DROPS,
  MEMINFO_NUMBERS,
  MSG_DONTWAIT,
  SO_MEMINFO,
  SO_RCVBUF,
  SO_RCVBUFFORCE,
  SOCK_CLOEXEC,
  SOCK_RAW,
  SOL_SOCKET,
} from './libc.ts'
import { GRE_PACKET_LIMIT, KEPT_ERRORS, KEPT_PACKETS, PACKETS_LOST_HERE } from './limits.ts'
import { createMailbox } from './mailbox.ts'
import type { GreSocket, IpCarriage } from './network.ts'
import { createPacketReader, type PacketReader } from './packet-reader.ts'
import { release, watch } from './poller.ts'

/** An IP packet at its largest. */
const IP_PACKET_LIMIT = 65_535
/** Packets that one system call reads. */
const BATCH = 32
/**
 * Packets read from one socket before the event loop gets its turn; 128 take well under a
 * millisecond.
 */
const DRAIN_LIMIT = 128
/** Packets kept for sending again while the kernel has no room. */
const BACKLOG_LIMIT = 1_024
/** ms until such packets are tried again. */
const BACKLOG_DELAY = 1
/** Room in the kernel for packets that arrive while the event loop is busy, in octets. */
const RECEIVE_ROOM = 4 * 1_048_576
/**
 * An ICMP error is reported once, by whichever call comes next; that call has then not done its
 * work.
 */
const SEND_ATTEMPTS = 4

/**
 * Opens a raw socket for GRE (IP protocol 47) that sends to and receives from one address only.
 * Packets that arrive before the socket is open are answered by the kernel with ICMP protocol
 * unreachable.
 * @throws UsageError when an address is not dotted IPv4.
 * @throws EnvironmentError when raw sockets are not allowed or not supported, or `from` is not an
 * address of this machine.
 */
export function openRawGre(remote: string, options: { readonly from?: string } = {}): GreSocket {
  const fd = openSocketTo(remote, options.from)
  try {
    return createSocket(fd, localAddress(fd), remote)
  } catch (error) {
    libc().close(fd)
    throw error
  }
}

/**
 * The descriptor of such a socket, for whoever calls libc themselves (the benchmark does). The
 * caller closes it.
 * @throws the errors of `openRawGre`
 */
export function openSocketTo(remote: string, from: string | undefined): number {
  const remoteAddress = socketAddress(remote)
  const fromAddress = from === undefined ? undefined : socketAddress(from)
  const sys = libc()
  const fd = openSocket()
  try {
    if (fromAddress !== undefined) must(sys.bind(fd, fromAddress, fromAddress.length), `be bound to ${from}`)
    must(sys.connect(fd, remoteAddress, remoteAddress.length), `reach ${remote}`)
    prepare(fd)
    return fd
  } catch (error) {
    sys.close(fd)
    throw error
  }
}

/**
 * Whether this process may open raw GRE sockets, for `doctor`. Opens one and closes it; never
 * throws.
 */
export function canOpenRawGre(): { ok: true } | { ok: false; reason: string; remedy: string } {
  try {
    libc().close(openSocket())
    return { ok: true }
  } catch (error) {
    if (!(error instanceof EnvironmentError)) return { ok: false, reason: String(error), remedy: '' }
    return { ok: false, reason: error.message, remedy: error.remedy ?? '' }
  }
}

/** @throws EnvironmentError where this process may not open raw GRE sockets. */
export function requireRawGre(): void {
  const raw = canOpenRawGre()
  if (!raw.ok) throw new EnvironmentError(raw.reason, raw.remedy === '' ? 'Run pptpspec doctor' : raw.remedy)
}

/**
 * A copy of what an IP packet carries: the GRE packet behind the IP header. Undefined when the
 * header is not one of IPv4 with GRE behind it, its lengths contradict each other, or it is not on
 * this path.
 * @param length how many octets of `buffer` the packet takes
 * @param path source and destination address, four octets each
 */
export function grePacketIn(buffer: Uint8Array, length: number, path: Uint8Array): Uint8Array | undefined {
  // Read octet by octet, without views: this runs for every packet.
  const first = buffer[0] ?? 0
  if (length < 20 || first >> 4 !== 4 || buffer[9] !== IPPROTO_GRE) return undefined
  const headerLength = (first & 0x0f) * 4
  const totalLength = (buffer[2] ?? 0) * 256 + (buffer[3] ?? 0)
  if (headerLength < 20 || totalLength < headerLength || totalLength > length) return undefined
  for (let at = 0; at < path.length; at++) if (buffer[12 + at] !== path[at]) return undefined
  return copyOf(buffer, headerLength, totalLength)
}

const NOTHING = new Uint8Array(0)
/** What the kernel says of a socket's memory, and how long that is. */
const meminfo = new Uint32Array(MEMINFO_NUMBERS)
const meminfoLength = new Uint32Array(1)

let sharedReader: PacketReader | undefined

/** One reader for all sockets: each packet is copied out before the next are read. */
function packetReader(): PacketReader {
  sharedReader ??= createPacketReader(libc(), { packets: BATCH, octets: IP_PACKET_LIMIT })
  return sharedReader
}

/** What waits to be sent, and the descriptor that takes it. */
interface Outgoing {
  readonly through: number
  readonly octets: Uint8Array
}

function createSocket(fd: number, local: string, remote: string): GreSocket {
  const sys = libc()
  const packets = createMailbox<Uint8Array>(KEPT_PACKETS)
  const errors = createMailbox<{ readonly code: string }>(KEPT_ERRORS)
  const reader = packetReader()
  const backlog: Outgoing[] = []
  /** Packets that were read with one over which a listener threw. */
  const unread: Uint8Array[] = []
  /** For packets whose IP header is ours; opened when there is the first of them. */
  let ipFd = -1
  // The kernel filters by address, but only from connect on: between socket() and connect() every
  // GRE packet that reaches this machine is put in the queue, whoever it is from.
  const path = Uint8Array.from(`${remote}.${local}`.split('.').map(Number))
  let open = true

  const report = (code: string): void => {
    // Not from within `send`: a listener that sends again must not find itself inside its own call.
    setImmediate(() => errors.put({ code }))
  }

  /**
   * True when the packet is done with, sent or refused for good; false when the kernel has no room
   * for it now.
   */
  const trySend = ({ through, octets }: Outgoing): boolean => {
    for (let attempt = 1; ; attempt++) {
      if (sys.send(through, octets, octets.length, MSG_DONTWAIT) !== -1) return true
      const code = sys.errno()
      if (code === 'EAGAIN' || code === 'ENOBUFS') return false
      if (code === 'EINTR') continue
      report(code)
      if (attempt === SEND_ATTEMPTS || !EARLIER_PACKETS_ERROR.has(code)) return true
    }
  }

  const flush = (): void => {
    if (!open) return
    for (let packet = backlog[0]; packet !== undefined && trySend(packet); packet = backlog[0])
      backlog.shift()
    if (backlog.length > 0) setTimeout(flush, BACKLOG_DELAY)
  }

  const queue = (outgoing: Outgoing): void => {
    if (backlog.length >= BACKLOG_LIMIT) report('ENOBUFS')
    else if (backlog.length > 0) backlog.push({ ...outgoing, octets: outgoing.octets.slice() })
    else if (!trySend(outgoing)) {
      backlog.push({ ...outgoing, octets: outgoing.octets.slice() })
      setTimeout(flush, BACKLOG_DELAY)
    }
  }

  const sendAs = (packet: Uint8Array, { fragments, source = local }: IpCarriage): void => {
    requireIPv4(source)
    if (ipFd === -1) ipFd = openIpSender(remote)
    const payload: IpPayload = {
      source,
      destination: remote,
      protocol: IPPROTO_GRE,
      identification: nextIdentification(),
      octets: packet,
    }
    const packets = fragments === undefined ? [ipPacket(payload)] : ipFragments(payload, fragments)
    for (const octets of packets) queue({ through: ipFd, octets })
  }

  const packetAt = (slot: number): Uint8Array | undefined =>
    grePacketIn(reader.slots[slot] ?? NOTHING, reader.length(slot), path)

  /** Hands over the packets of the last read. */
  const handOver = (count: number): void => {
    let next = 0
    try {
      while (open && next < count) {
        const packet = packetAt(next++)
        if (packet !== undefined) packets.put(packet)
      }
    } finally {
      if (open && next < count) keepUnread(next, count)
    }
  }

  /**
   * A listener has thrown: other packets will use the slots before this socket has its next turn.
   */
  const keepUnread = (first: number, count: number): void => {
    for (let slot = first; slot < count; slot++) {
      const packet = packetAt(slot)
      if (packet !== undefined) unread.push(packet)
    }
    setImmediate(handOverUnread)
  }

  const handOverUnread = (): void => {
    try {
      for (let packet = unread.shift(); packet !== undefined; packet = unread.shift()) packets.put(packet)
    } finally {
      if (unread.length > 0) setImmediate(handOverUnread)
    }
  }

  /** The packets for which the socket has had no room. Only one that is full has any. */
  let losses = 0
  const lookForLosses = (): void => {
    meminfoLength[0] = meminfo.byteLength
    if (sys.getsockopt(fd, SOL_SOCKET, SO_MEMINFO, meminfo, meminfoLength) === -1) return
    const lost = meminfo[MEMINFO_DROPS] ?? 0
    if (lost > losses) report(PACKETS_LOST_HERE)
    losses = lost
  }

  const drain = (): void => {
    if (unread.length > 0) handOverUnread()
    for (let count = 0; open && count < DRAIN_LIMIT; ) {
      const read = reader.read(fd)
      if (read === -1) {
        const code = sys.errno()
        if (code === 'EAGAIN') return
        if (code !== 'EINTR') report(code)
        count++
        continue
      }
      handOver(read)
      // Nothing else waited. What comes now, or an error, the next poll shows.
      if (read < reader.slots.length) return
      count += read
      lookForLosses()
    }
  }

  watch({ fd, drain })
  return {
    local,
    remote,
    send(packet, carriage) {
      if (!open) return
      if (packet.length > GRE_PACKET_LIMIT) report('EMSGSIZE')
      else if (carriage === undefined) queue({ through: fd, octets: packet })
      else sendAs(packet, carriage)
    },
    onPacket: packets.listen,
    onError: errors.listen,
    close() {
      if (!open) return
      open = false
      backlog.length = 0
      if (ipFd !== -1) sys.close(ipFd)
      packets.close()
      errors.close()
      // The descriptor is closed when the poll in flight has returned. Until then the kernel would
      // swallow the remote's packets without ICMP; connected to itself, the socket takes nothing
      // from outside from now on.
      const itself = socketAddress(local)
      sys.connect(fd, itself, itself.length)
      release(fd)
    },
  }
}

/**
 * Errors that an ICMP message left on the socket: `send` reports them instead of sending, so it is
 * worth a second try.
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

function openSocket(protocol = IPPROTO_GRE): number {
  const sys = libc()
  const fd = sys.socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, protocol)
  if (fd !== -1) return fd
  const code = sys.errno()
  if (code === 'EPERM' || code === 'EACCES') {
    throw new EnvironmentError(
      `Raw GRE sockets are not allowed here (${code})`,
      'Run as root or with CAP_NET_RAW (a container needs --cap-add NET_RAW), or play against the embedded peers on the simulated network',
    )
  }
  throw new EnvironmentError(
    `A raw GRE socket cannot be opened: ${code}`,
    'Raise the limit on open files if it is EMFILE or ENFILE',
  )
}

/**
 * The descriptor of a socket that sends whole IP packets to one address, fragments too. The caller
 * closes it.
 */
function openIpSender(remote: string): number {
  const sys = libc()
  const fd = openSocket(IPPROTO_RAW)
  try {
    const address = socketAddress(remote)
    must(sys.connect(fd, address, address.length), `reach ${remote}`)
    // Where the kernel tracks connections it would put our fragments together again before they
    // leave.
    must(sys.setsockopt(fd, IPPROTO_IP, IP_NODEFRAG, new Int32Array([1]), 4), 'send fragments')
    return fd
  } catch (error) {
    sys.close(fd)
    throw error
  }
}

let lastIdentification = 0

/** 1 to 65535, each in its turn: no two packets under way have the same. */
function nextIdentification(): number {
  lastIdentification = (lastIdentification % 0xffff) + 1
  return lastIdentification
}

function must(result: number, what: string): void {
  if (result !== -1) return
  throw new EnvironmentError(
    `A raw GRE socket cannot ${what}: ${libc().errno()}`,
    'Check the address and the routes of this machine (ip address, ip route)',
  )
}

function prepare(fd: number): void {
  const sys = libc()
  const set = (level: number, option: number, value: number): boolean =>
    sys.setsockopt(fd, level, option, new Int32Array([value]), 4) !== -1
  // Beyond rmem_max where CAP_NET_ADMIN allows it, up to rmem_max elsewhere.
  if (!set(SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_ROOM)) set(SOL_SOCKET, SO_RCVBUF, RECEIVE_ROOM)
  // Only errors that end the path are wanted, not the error queue with every transient one.
  set(IPPROTO_IP, IP_RECVERR, 0)
  // A packet of any size leaves, in fragments where it must.
  set(IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT)
}

/** struct sockaddr_in with port 0. */
function socketAddress(address: string): Uint8Array {
  requireIPv4(address)
  const octets = new Uint8Array(16)
  new Uint16Array(octets.buffer)[0] = AF_INET
  octets.set(address.split('.').map(Number), 4)
  return octets
}

function localAddress(fd: number): string {
  const octets = new Uint8Array(16)
  must(libc().getsockname(fd, octets, new Uint32Array([octets.length])), 'tell its own address')
  return octets.subarray(4, 8).join('.')
}
