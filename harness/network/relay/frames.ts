import { concat, copyOf } from '../../protocol/octets.ts'

/**
 * The protocol between the two halves of a tester whose sockets are in a container: frames on one
 * stream of octets each way. A frame is the length of the rest (4 octets), its kind (1), the number
 * of the socket or network that it is about (4), and a payload that depends on the kind.
 */

/**
 * Sent by the half that plays before its first frame. The other half skips everything before it:
 * Podman passes the body of our HTTP request for the container's input on to the container.
 */
export const BEGINNING = 'pptpspec relay 1\n'

/** Kinds of frames from the half that plays to the half that holds the sockets. */
export const COMMANDS = {
  /** JSON: `ConnectCommand`. The number is that of the connection from then on. */
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
   * A GRE packet to send with an `IpCarriage`: the length of the JSON (2 octets), the JSON of the
   * `IpCarriage`, and the packet.
   */
  carriedPacket: 10,
  /** Closes a listener or GRE socket. */
  close: 11,
  /** Closes everything opened through the network with this number. */
  closeNetwork: 12,
} as const

/** Kinds of frames from the half that holds the sockets to the half that plays. */
export const REPORTS = {
  /** JSON with the format's version. The first frame. */
  hello: 1,
  /** JSON with the local endpoint, and the remote one of a connection. */
  opened: 2,
  /** JSON: `ConnectFailure`. The connection was not opened. */
  notConnected: 3,
  /** JSON with the error that the command ended with. */
  failed: 4,
  /** JSON with the listener's number and both endpoints. The number is the new connection's. */
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
  /** A copy, which belongs to the receiver of the frame. */
  readonly payload: Uint8Array
}

/** Octets before the payload: length, kind and number. */
const HEAD = 9
/**
 * The most octets of a frame, far above one read of a socket and the largest GRE packet. A longer
 * frame is an error.
 */
const MOST = 4 * 1024 * 1024

/** Encodes a frame. */
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

/** Encodes a frame whose payload is a value as JSON. */
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
   * @throws RangeError when the length of a frame is not a valid one; the rest of the stream can
   * then not be read.
   */
  push(octets: Uint8Array): void
}

export function createFrameReader(take: (frame: Frame) => void): FrameReader {
  let pieces: Uint8Array[] = []
  let held = 0
  /** How many octets must be held before a frame can be read. */
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
