import { concat } from '../protocol/octets.ts'
import { rc4 } from './digest.ts'
import { firstSessionKey, type MppeStrength, mppeKeySize, nextSessionKey } from './mppe-keys.ts'

/**
 * MPPE (RFC 3078): the information field of protocol 0x00FD. Each direction has a sender at one end
 * and a receiver at the other, which begin with the same start key. Both are pure machines.
 */

/** An MPPE packet: the header and the encrypted data (section 3.1). */
export interface MppePacket {
  /** Bit A: the tables were initialised before this packet was encrypted. */
  readonly flushed: boolean
  /** Bits B and C, which only MPPC uses. */
  readonly compression?: number
  /** Bit D. */
  readonly encrypted: boolean
  /** The coherency count, 0 to 4095. */
  readonly count: number
  readonly data: Uint8Array
}

export function encodeMppePacket({
  flushed,
  compression = 0,
  encrypted,
  count,
  data,
}: MppePacket): Uint8Array {
  const bits = (flushed ? 0x80 : 0) | ((compression & 3) << 5) | (encrypted ? 0x10 : 0)
  return concat(Uint8Array.of(bits | ((count >> 8) & 0x0f), count & 0xff), data)
}

/** Reads a packet; undefined where it ends inside its header. */
export function decodeMppePacket(octets: Uint8Array): MppePacket | undefined {
  const [high, low] = octets
  if (high === undefined || low === undefined) return undefined
  return {
    flushed: (high & 0x80) !== 0,
    compression: (high >> 5) & 3,
    encrypted: (high & 0x10) !== 0,
    count: ((high & 0x0f) << 8) | low,
    data: octets.slice(2),
  }
}

/** Whether packets of this protocol are encrypted; others are sent unencrypted (section 3). */
export function isMppeProtocol(protocol: number): boolean {
  return protocol >= 0x0021 && protocol <= 0x00fa
}

/**
 * What a Reset-Request does to the key in stateful mode. By section 8.2 the sender initialises its
 * tables again from the same key. Linux (ppp_mppe) changes the key, and expects its peer to do so.
 */
export type MppeReset = 'same-key' | 'next-key'

export interface MppeOptions {
  /** The direction's start key, from `mppeStartKeys`. */
  readonly key: Uint8Array
  readonly strength: MppeStrength
  /** Whether every packet has a key of its own (section 7.1). */
  readonly stateless: boolean
  /** Without effect in stateless mode. `same-key` unless given. */
  readonly reset?: MppeReset
}

export interface MppeSender {
  /** Encrypts a packet that begins with its PPP protocol number. Returns header and ciphertext. */
  encrypt(plain: Uint8Array): Uint8Array
  /** The peer's Reset-Request came: initialises the tables, and the next packet is flushed. */
  reset(): void
}

export type MppeReceived =
  /** `plain` begins with a PPP protocol number. */
  | { readonly kind: 'datagram'; readonly plain: Uint8Array }
  /**
   * A packet before this one was lost, so this one cannot be decrypted either: a Reset-Request must
   * be sent.
   */
  | { readonly kind: 'reset-request' }
  | { readonly kind: 'discard'; readonly why: MppeDiscard }

export type MppeDiscard =
  /** The packet ends inside its header, or right after it. */
  | 'too short'
  /** Bit D is clear, and compression alone was not agreed on. */
  | 'not encrypted'
  /** Bit A is clear in stateless mode. */
  | 'not flushed'
  /** Its coherency count is that of an earlier packet, or one already passed. */
  | 'late'
  /** The Reset-Request that was sent has no Reset-Ack yet. */
  | 'out of step'

export interface MppeReceiver {
  decrypt(octets: Uint8Array): MppeReceived
  /** The peer's Reset-Ack came: its next packet is a flushed one. */
  resetAcknowledged(): void
}

/** Coherency counts have 12 bits. */
const COUNTS = 4096
/**
 * A count further ahead than this is taken for an earlier one, so that a late or forged packet does
 * not cost thousands of key changes.
 */
const FURTHEST = COUNTS / 2

/**
 * Makes the sender. The first packet has count 0. In stateful mode it is encrypted under the first
 * session key and has bit A clear, because Linux changes the key at every packet with that bit.
 * @throws RangeError when the key does not have the size of the strength.
 */
export function createMppeSender(options: MppeOptions): MppeSender {
  const { stateless, reset = 'same-key' } = options
  const tables = createTables(options)
  let count = COUNTS - 1
  let flush = false
  return {
    encrypt(plain) {
      count = (count + 1) % COUNTS
      const change = stateless || isFlag(count) || (flush && reset === 'next-key')
      if (change) tables.changeKey()
      else if (flush) tables.initialise()
      const flushed = change || flush
      flush = false
      return encodeMppePacket({ flushed, encrypted: true, count, data: tables.apply(plain) })
    },
    reset() {
      flush = true
    },
  }
}

/**
 * Makes the receiver. Packets must come in order; for lost ones it changes the key as often as the
 * sender did. In stateful mode a loss makes it ask for a Reset-Request, and once more when the
 * flushed packet after the Reset-Ack is lost, too.
 * @throws RangeError when the key does not have the size of the strength.
 */
export function createMppeReceiver(options: MppeOptions): MppeReceiver {
  const { stateless, reset = 'same-key' } = options
  const tables = createTables(options)
  let last = COUNTS - 1
  let step: 'in step' | 'reset asked' | 'reset acknowledged' = 'in step'

  function decryptStateless({ flushed, count, data }: MppePacket): MppeReceived {
    if (!flushed) return discard('not flushed')
    for (; last !== count; last = (last + 1) % COUNTS) tables.changeKey()
    return { kind: 'datagram', plain: tables.apply(data) }
  }

  function decryptStateful({ flushed, count, data }: MppePacket): MppeReceived {
    const lost = ahead(count) > 1
    const changes = flagsUpTo(count)
    for (let change = 0; change < changes; change++) tables.changeKey()
    last = count
    if (step === 'in step' ? lost : !flushed) return outOfStep()
    step = 'in step'
    if (flushed && !isFlag(count)) begin()
    return { kind: 'datagram', plain: tables.apply(data) }
  }

  function begin(): void {
    if (reset === 'next-key') tables.changeKey()
    else tables.initialise()
  }

  function outOfStep(): MppeReceived {
    if (step === 'reset asked') return discard('out of step')
    step = 'reset asked'
    return { kind: 'reset-request' }
  }

  const ahead = (count: number) => (count - last + COUNTS) % COUNTS

  /** Counts the flag packets after the last packet, up to and with this count. */
  function flagsUpTo(count: number): number {
    return Math.floor((last + ahead(count) + 1) / 256) - Math.floor((last + 1) / 256)
  }

  return {
    decrypt(octets) {
      const packet = decodeMppePacket(octets)
      if (packet === undefined || packet.data.length === 0) return discard('too short')
      if (!packet.encrypted) return discard('not encrypted')
      const distance = ahead(packet.count)
      if (distance === 0 || distance > FURTHEST) return discard('late')
      return stateless ? decryptStateless(packet) : decryptStateful(packet)
    },
    resetAcknowledged() {
      if (step === 'reset asked') step = 'reset acknowledged'
    },
  }
}

/** Whether a packet is a flag packet, before which a stateful key changes (section 7.2). */
function isFlag(count: number): boolean {
  return (count & 0xff) === 0xff
}

function discard(why: MppeDiscard): MppeReceived {
  return { kind: 'discard', why }
}

/** The session key and the RC4 stream under it. */
function createTables({ key, strength }: MppeOptions) {
  if (key.length !== mppeKeySize(strength))
    throw new RangeError(`a key of ${strength} bits has ${mppeKeySize(strength)} octets, not ${key.length}`)
  let session = firstSessionKey(key, strength)
  let cipher = rc4(session)
  return {
    apply: (octets: Uint8Array) => cipher(octets),
    changeKey() {
      session = nextSessionKey(key, session, strength)
      cipher = rc4(session)
    },
    initialise() {
      cipher = rc4(session)
    },
  }
}
