import { concat, copyOf } from '../../protocol/octets.ts'

/**
 * The language between the two halves of a tester whose sockets are in a container: frames on one
 * stream of octets each way. A frame is its length in four octets, a kind in one, a number in four
 * (of the socket, or the network, that it is about), and what the kind says.
 */

/**
 * What the half that plays says before its first frame. The other half passes over all that comes
 * before: Podman hands the body of the request by which we take hold of a container's input to the
 * container.
 */
export const BEGINNING = 'pptpspec relay 1\n'

/** What the half that plays says to the one that holds the sockets. */
export const COMMANDS = {
  /** JSON: `ConnectCommand`. The number is the connection's, as long as it lasts. */
  connect: 1,
  /** JSON: `ListenCommand`. */
  listen: 2,
  /** JSON: `GreCommand`. */
  openGre: 3,
  /** Octets to send on a connection. */
  send: 4,
  end: 5,
  reset: 6,
  pause: 7,
  resume: 8,
  /** A GRE packet to send. */
  packet: 9,
  /**
   * The same, carried in a way of its own: the length of JSON (`IpCarriage`) in two octets, it, and
   * the packet.
   */
  carriedPacket: 10,
  /** Closes a listener or GRE socket. */
  close: 11,
  /** Closes everything opened through a network, whose number it is. */
  closeNetwork: 12,
} as const

/** What it hears. */
export const REPORTS = {
  /** JSON: `Hello`. The first frame. */
  hello: 1,
  /** JSON: `Opened`. */
  opened: 2,
  /** JSON: `ConnectFailure`. There is no connection. */
  notConnected: 3,
  /** JSON: `Failed`. What was asked for cannot be had here. */
  failed: 4,
  /** JSON: `Accepted`. The number is that of the new connection. */
  accepted: 5,
  /** Octets that arrived on a connection. */
  data: 6,
  end: 7,
  /** Text: the cause. */
  reset: 8,
  closed: 9,
  /** A GRE packet that arrived. */
  packet: 10,
  /** Text: the code of an error of the path. */
  pathError: 11,
  networkClosed: 12,
} as const

export interface Frame {
  readonly kind: number
  readonly id: number
  /** Nobody else uses these octets afterwards. */
  readonly payload: Uint8Array
}

/** Octets of length, kind and number. */
const HEAD = 9
/**
 * Octets that a frame may have: a whole read of a socket, or the largest GRE packet, and more than
 * that is none of ours.
 */
const MOST = 4 * 1024 * 1024

/** The octets of a frame. */
export function frameOctets(kind: number, id: number, payload: Uint8Array = NONE): Uint8Array {
  const octets = new Uint8Array(HEAD + payload.length)
  const view = new DataView(octets.buffer)
  view.setUint32(0, HEAD - 4 + payload.length)
  view.setUint8(4, kind)
  view.setUint32(5, id)
  octets.set(payload, HEAD)
  return octets
}

const NONE = new Uint8Array(0)

/** A frame that says something as JSON. */
export function jsonFrame(kind: number, id: number, value: unknown): Uint8Array {
  return frameOctets(kind, id, textOctets(JSON.stringify(value)))
}

export function textOctets(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

export function textOf(octets: Uint8Array): string {
  return new TextDecoder().decode(octets)
}

/** Cuts a stream of octets into frames. */
export interface FrameReader {
  /**
   * Hands over the frames that these octets complete.
   * @throws RangeError when a frame is longer than any may be, or shorter: what follows can no
   * longer be read.
   */
  push(octets: Uint8Array): void
}

export function createFrameReader(take: (frame: Frame) => void): FrameReader {
  let pieces: Uint8Array[] = []
  let held = 0
  /** Octets that complete what is held. */
  let wanted = 4

  return {
    push(octets) {
      pieces.push(octets)
      held += octets.length
      if (held < wanted) return
      const all = pieces.length === 1 ? octets : concat(...pieces)
      const view = new DataView(all.buffer, all.byteOffset, all.length)
      let at = 0
      wanted = 4
      while (all.length - at >= 4) {
        const length = view.getUint32(at)
        if (length < HEAD - 4 || length > MOST) throw new RangeError(`a frame of ${length} octets`)
        if (all.length - at < 4 + length) {
          wanted = 4 + length
          break
        }
        const frame = {
          kind: view.getUint8(at + 4),
          id: view.getUint32(at + 5),
          payload: copyOf(all, at + HEAD, at + 4 + length),
        }
        at += 4 + length
        take(frame)
      }
      pieces = at === all.length ? [] : [all.subarray(at)]
      held = all.length - at
    },
  }
}
