import type { Clock, GreSocket, Network } from '../../network/network.ts'
import { decodeGre, encodeGre, grePacket } from '../../protocol/gre.ts'
import { toLatin1 } from '../../protocol/octets.ts'
import { createMailbox, type Mailbox } from '../../scenario/mailbox.ts'

/** A packet that has arrived at a host. */
export interface ArrivedPacket {
  /** The host at which it arrived. */
  readonly at: Network
  readonly callId: number
}

/** GRE between the tester's hosts on either side of a middlebox. */
export interface Tunnels {
  /** Opens a GRE socket of a host towards an address, or returns the one already open. */
  open(host: Network, remote: string): Promise<GreSocket>
  /**
   * Sends a packet that differs from all others, and waits until it arrives at any host; undefined
   * when it does not within `window` ms.
   */
  pass(from: GreSocket, packet: OutgoingPacket, window: number): Promise<ArrivedPacket | undefined>
}

/** A GRE packet to send. */
export interface OutgoingPacket {
  readonly callId: number
  readonly sequenceNumber: number
  /** Octets of the PPP frame. */
  readonly size: number
}

/** The beginning of a PPP frame with an LCP Echo-Request, and the offset of the LCP packet. */
const ECHO_FRAME = [0xff, 0x03, 0xc0, 0x21, 9, 0]
const ECHO_AT = 4
/** Octets of the frame before the mark that identifies it, and octets of the mark. */
const BEFORE_MARK = 12
const MARK = 8
/** The smallest frame that has room for a mark. */
export const SMALLEST_FRAME = BEFORE_MARK + MARK

/** Creates the tunnels of one case; they are closed with the networks of its hosts. */
export function createTunnels(clock: Clock): Tunnels {
  const sockets = new Map<string, Promise<GreSocket>>()
  const hosts: Network[] = []
  const awaited = new Map<string, Mailbox<ArrivedPacket>>()
  let marks = 0

  async function openAnew(host: Network, remote: string): Promise<GreSocket> {
    const socket = await host.openGre(remote)
    socket.onPacket((octets) => {
      const packet = decodeGre(octets)
      if (packet.kind === 'gre') awaited.get(markOf(packet.payload))?.put({ at: host, callId: packet.callId })
    })
    return socket
  }

  return {
    open(host, remote) {
      if (!hosts.includes(host)) hosts.push(host)
      const key = `${hosts.indexOf(host)} ${remote}`
      const socket = sockets.get(key) ?? openAnew(host, remote)
      sockets.set(key, socket)
      return socket
    },
    async pass(from, { callId, sequenceNumber, size }, window) {
      const payload = new Uint8Array(Math.max(size, SMALLEST_FRAME))
      payload.set(ECHO_FRAME)
      const view = new DataView(payload.buffer)
      view.setUint16(ECHO_AT + 2, payload.length - ECHO_AT)
      view.setUint32(BEFORE_MARK, 0x7061_7373)
      view.setUint32(BEFORE_MARK + 4, ++marks)
      const arrivals = createMailbox<ArrivedPacket>(clock)
      awaited.set(markOf(payload), arrivals)
      from.send(encodeGre(grePacket({ callId, sequenceNumber, payload })))
      const arrived = await arrivals.take(window)
      awaited.delete(markOf(payload))
      return arrived
    },
  }
}

function markOf(payload: Uint8Array): string {
  return toLatin1(payload, BEFORE_MARK, BEFORE_MARK + MARK)
}
