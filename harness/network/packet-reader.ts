import { type Libc, MSG_DONTWAIT } from './libc.ts'

/** Reads the packets that wait at a socket; several in one system call if the system allows it. */
export interface PacketReader {
  /**
   * Memory for the packets of one `read`, one slot each. A packet starts at the beginning of its
   * slot, and stays until the next `read`.
   */
  readonly slots: readonly Uint8Array[]
  /**
   * Reads the packets that wait, at most one for each slot, and returns their number. Returns -1 on
   * failure, also when no packet waits, and `errno` then names the cause. A packet longer than its
   * slot is cut off, as `recv` cuts it.
   */
  read(fd: number): number
  /** Returns how many octets the last `read` wrote into a slot. */
  length(slot: number): number
}

export interface PacketReaderSize {
  /** The most packets that one system call reads. */
  readonly packets: number
  /** Length of the longest packet, in octets. */
  readonly octets: number
}

/**
 * Sizes and offsets in octets on 64-bit Linux, the same on every architecture. A struct mmsghdr is
 * a struct msghdr and the length of what was received; a struct iovec is an address and a length.
 */
const MESSAGE_SIZE = 64
const VECTOR_ADDRESS_AT = 16
const VECTOR_COUNT_AT = 24
const RECEIVED_LENGTH_AT = 56
const VECTOR_SIZE = 16

const CACHE_LINE = 64
/**
 * Octets between slots: slots at distances of a power of two would compete for the same lines of
 * the processor's caches.
 */
const GAP = 3 * CACHE_LINE

/**
 * Creates a reader that uses `recvmmsg`; where the system lacks `recvmmsg`, one that uses `recv`
 * and has a single slot.
 */
export function createPacketReader(sys: Libc, size: PacketReaderSize): PacketReader {
  const { recvmmsg } = sys
  if (recvmmsg === undefined) return createSingleReader(sys, size.octets)
  // Try `recvmmsg` once on no socket: a sandbox may refuse a call that libc has.
  const refused =
    recvmmsg(-1, new Uint8Array(MESSAGE_SIZE), 1, MSG_DONTWAIT, null) === -1 && sys.errno() !== 'EBADF'
  return refused ? createSingleReader(sys, size.octets) : createBatchReader(sys, recvmmsg, size)
}

function createBatchReader(
  sys: Libc,
  recvmmsg: NonNullable<Libc['recvmmsg']>,
  { packets, octets }: PacketReaderSize,
): PacketReader {
  const stride = Math.ceil(octets / CACHE_LINE) * CACHE_LINE + GAP
  const memory = new Uint8Array(packets * stride)
  const slots = Array.from({ length: packets }, (_, slot) =>
    memory.subarray(slot * stride, slot * stride + octets),
  )
  // First all struct mmsghdr, then the struct iovec of each.
  const table = new Uint8Array(packets * (MESSAGE_SIZE + VECTOR_SIZE))
  const words = new BigUint64Array(table.buffer)
  const lengths = new Uint32Array(table.buffer)
  const [memoryAddress, tableAddress] = [sys.addressOf(memory), sys.addressOf(table)]
  for (let slot = 0; slot < packets; slot++) {
    const message = slot * MESSAGE_SIZE
    const vector = packets * MESSAGE_SIZE + slot * VECTOR_SIZE
    words[(message + VECTOR_ADDRESS_AT) / 8] = tableAddress + BigInt(vector)
    words[(message + VECTOR_COUNT_AT) / 8] = 1n
    words[vector / 8] = memoryAddress + BigInt(slot * stride)
    words[vector / 8 + 1] = BigInt(octets)
  }
  return {
    slots,
    // The addresses in the table do not protect memory from garbage collection. This closure does:
    // it refers to the table and the slots.
    read: (fd) => recvmmsg(fd, table, slots.length, MSG_DONTWAIT, null),
    length: (slot) => lengths[(slot * MESSAGE_SIZE + RECEIVED_LENGTH_AT) / 4] ?? 0,
  }
}

function createSingleReader(sys: Libc, octets: number): PacketReader {
  const slot = new Uint8Array(octets)
  let length = 0
  return {
    slots: [slot],
    read(fd) {
      length = sys.recv(fd, slot, slot.length, MSG_DONTWAIT)
      return length === -1 ? -1 : 1
    },
    length: () => length,
  }
}
