import { copyOf } from '../protocol/octets.ts'
import {
  IPPROTO_GRE,
  type Libc,
  libc,
  MEMINFO_DROPS,
  MEMINFO_NUMBERS,
  SO_MEMINFO,
  SOL_SOCKET,
} from './libc.ts'
import { PACKETS_LOST_HERE } from './limits.ts'
import type { Mailbox } from './mailbox.ts'
import { createPacketReader, type PacketReader } from './packet-reader.ts'

/** The largest IP packet, in octets. */
const IP_PACKET_LIMIT = 65_535
/** The most packets that one system call reads. */
const BATCH = 32
/**
 * The most packets read from one socket before the event loop runs again; 128 take well under a
 * millisecond.
 */
const DRAIN_LIMIT = 128

/**
 * Returns a copy of the GRE packet that an IP packet carries. Returns undefined when the header is
 * not IPv4's, when the packet does not carry GRE, when its lengths contradict each other, and when
 * its addresses are not those of the path.
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
/** Receives the memory figures of a socket (SO_MEMINFO), and their length in octets. */
const meminfo = new Uint32Array(MEMINFO_NUMBERS)
const meminfoLength = new Uint32Array(1)

let sharedReader: PacketReader | undefined

/** Returns the reader that all sockets share: packets are copied out before the next read. */
function packetReader(): PacketReader {
  sharedReader ??= createPacketReader(libc(), { packets: BATCH, octets: IP_PACKET_LIMIT })
  return sharedReader
}

/** The receiving half of a raw GRE socket. */
export interface GreReceiver {
  readonly sys: Libc
  /** The socket's descriptor. */
  readonly fd: number
  /** The source and destination address of its packets, four octets each. */
  readonly path: Uint8Array
  readonly reader: PacketReader
  readonly packets: Mailbox<Uint8Array>
  /** Is told the code of each error that a read returns, after that read is over. */
  readonly report: (code: string) => void
  /** Packets that were read, but not handed over because a listener threw at an earlier one. */
  readonly unread: Uint8Array[]
  /** How many packets the kernel has dropped because the socket was full. */
  losses: number
  open: boolean
}

/** Creates the receiving half of a socket. The caller goes on to own its descriptor `fd`. */
export function createGreReceiver({
  local,
  remote,
  ...given
}: Pick<GreReceiver, 'fd' | 'packets' | 'report'> & {
  readonly local: string
  readonly remote: string
}): GreReceiver {
  // The kernel filters by address, but only from connect on: between socket() and connect() every
  // GRE packet that reaches this machine is put in the queue, from any sender.
  const path = Uint8Array.from(`${remote}.${local}`.split('.').map(Number))
  return { ...given, sys: libc(), path, reader: packetReader(), unread: [], losses: 0, open: true }
}

/** Reads the packets that wait, up to `DRAIN_LIMIT`, and hands them over. */
export function drain(receiver: GreReceiver): void {
  const { sys, fd, reader, report } = receiver
  if (receiver.unread.length > 0) handOverUnread(receiver)
  for (let count = 0; receiver.open && count < DRAIN_LIMIT; ) {
    const read = reader.read(fd)
    if (read === -1) {
      const code = sys.errno()
      if (code === 'EAGAIN') return
      if (code !== 'EINTR') report(code)
      count++
      continue
    }
    handOver(receiver, read)
    // No more packets waited. The next poll reports later packets and errors.
    if (read < reader.slots.length) return
    count += read
    lookForLosses(receiver)
  }
}

function packetAt({ reader, path }: GreReceiver, slot: number): Uint8Array | undefined {
  return grePacketIn(reader.slots[slot] ?? NOTHING, reader.length(slot), path)
}

/** Hands over the packets of the last read. */
function handOver(receiver: GreReceiver, count: number): void {
  let next = 0
  try {
    while (receiver.open && next < count) {
      const packet = packetAt(receiver, next++)
      if (packet !== undefined) receiver.packets.put(packet)
    }
  } finally {
    if (receiver.open && next < count) keepUnread(receiver, next, count)
  }
}

/**
 * Copies the packets that are left when a listener has thrown: other sockets will overwrite the
 * slots before this one is read again.
 */
function keepUnread(receiver: GreReceiver, first: number, count: number): void {
  for (let slot = first; slot < count; slot++) {
    const packet = packetAt(receiver, slot)
    if (packet !== undefined) receiver.unread.push(packet)
  }
  setImmediate(handOverUnread, receiver)
}

function handOverUnread(receiver: GreReceiver): void {
  const { unread, packets } = receiver
  try {
    for (let packet = unread.shift(); packet !== undefined; packet = unread.shift()) packets.put(packet)
  } finally {
    if (unread.length > 0) setImmediate(handOverUnread, receiver)
  }
}

function lookForLosses(receiver: GreReceiver): void {
  meminfoLength[0] = meminfo.byteLength
  const { sys, fd } = receiver
  if (sys.getsockopt(fd, SOL_SOCKET, SO_MEMINFO, meminfo, meminfoLength) === -1) return
  const lost = meminfo[MEMINFO_DROPS] ?? 0
  if (lost > receiver.losses) receiver.report(PACKETS_LOST_HERE)
  receiver.losses = lost
}
