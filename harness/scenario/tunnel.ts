import type { Clock, IpCarriage } from '../network/network.ts'
import { type DecodedGre, decodeGre, encodeGre, type GrePacket, grePacket, isLater } from '../protocol/gre.ts'
import type { RecordedGreSocket } from '../trace/recorder.ts'
import { Inconclusive } from './judge.ts'
import { createMailbox, type Mailbox } from './mailbox.ts'
import type { Received } from './observation.ts'

/** A GRE packet, and the index of its trace entry. */
export interface ReceivedGre {
  readonly packet: GrePacket
  readonly entry: number
}

/**
 * The tester's end of one call's tunnel. It numbers the packets that it sends, and remembers the
 * highest sequence number received. It acknowledges only when told to.
 */
export interface TunnelEnd {
  /** The Call ID that the tester assigned, which the IUT puts into the key of its packets. */
  readonly callId: number
  /** The Call ID that the IUT assigned, which the tester puts into the key of its packets. */
  readonly peersCallId: number
  /** The IUT's Packet Recv. Window Size. */
  readonly peersWindow: number
  /**
   * Sends a data packet with the next sequence number; it acknowledges the highest number received.
   * Returns the packet.
   * @param values fields that differ from that.
   * @param carriage how IP is to carry the packet, where that differs from what the system would
   * do: in fragments, or from another address.
   */
  send(payload: Uint8Array, values?: Partial<Omit<GrePacket, 'kind'>>, carriage?: IpCarriage): GrePacket
  /**
   * Sends an acknowledgment without payload, for the highest sequence number received unless given.
   * Sends nothing if there is no such number.
   */
  acknowledge(sequenceNumber?: number): void
  /**
   * Returns the next packet for this call, acknowledgment or data; undefined when no packet comes
   * within `window` ms.
   * @throws Inconclusive when it comes to nothing because the IUT has ended the call of its own
   * accord: the silence then says nothing.
   */
  next(window: number): Promise<ReceivedGre | undefined>
  /** Returns the next packet with a payload; drops packets without one. */
  nextData(window: number): Promise<ReceivedGre | undefined>
  /** @throws Inconclusive where the IUT has ended the call of its own accord. */
  requireLive(): void
  /** Returns the highest sequence number received; undefined before the first. */
  highest(): number | undefined
  /**
   * Calls `listener` with all packets that wait, and from now on with each packet as it comes.
   * `next` and `nextData` return no further packets.
   */
  listen(listener: (received: ReceivedGre) => void): void
}

/** A call that the IUT has answered. */
export interface Call {
  readonly reply: Received<'Outgoing-Call-Reply'>
  /**
   * Trace entry of the message in which the IUT announced its Call ID and its window: its
   * Outgoing-Call-Reply, or its Outgoing-Call-Request.
   */
  readonly announcedBy: number
  readonly tunnel: TunnelEnd
}

/**
 * Distributes the packets of one GRE socket to the tunnels of calls, by Call ID. Packets of unknown
 * calls are strays.
 */
export interface GreHub {
  /**
   * Makes the tester's end of a call's tunnel.
   * @param callId the Call ID that the tester assigned.
   * @param peersCallId the Call ID that the IUT assigned.
   * @param peersWindow the IUT's Packet Recv. Window Size; 4 unless given.
   * @param unaskedEnd how the IUT has ended the call though nobody asked it to, in words.
   */
  end(
    callId: number,
    peersCallId: number,
    peersWindow?: number,
    unaskedEnd?: () => string | undefined,
  ): TunnelEnd
  /** Returns the next stray within `window` ms: for an unknown call, or not enhanced GRE. */
  stray(window: number): Promise<{ readonly decoded: DecodedGre; readonly entry: number } | undefined>
  close(): void
}

/** The state of one end. */
interface EndState {
  readonly mailbox: Mailbox<ReceivedGre>
  highest: number | undefined
  listener: ((received: ReceivedGre) => void) | undefined
}

/**
 * The share of the timer profile's `tunnel` for which a PPP peer may keep silent before it is
 * spoken to: well before the end of an IUT's patience with idle calls, which may be as long.
 */
export const WAKING_AFTER = 0.6

/** The IUT's window in packets where it is not known. */
const USUAL_WINDOW = 4

/** Makes a hub that receives all packets of a GRE socket. */
export function createGreHub(socket: RecordedGreSocket, clock: Clock): GreHub {
  const ends = new Map<number, EndState>()
  const early = new Map<number, ReceivedGre[]>()
  const strays = createMailbox<{ readonly decoded: DecodedGre; readonly entry: number }>(clock)

  socket.onPacket((octets, entry) => {
    const decoded = decodeGre(octets)
    if (decoded.kind !== 'gre') {
      strays.put({ decoded, entry })
      return
    }
    const end = ends.get(decoded.callId)
    if (end === undefined) {
      // The IUT may send before its Outgoing-Call-Reply is read. A limited number of such packets
      // is kept for the end that `end` makes later.
      const waiting = early.get(decoded.callId) ?? []
      if (waiting.length < 64 && early.size < 64)
        early.set(decoded.callId, [...waiting, { packet: decoded, entry }])
      strays.put({ decoded, entry })
      return
    }
    deliver(end, { packet: decoded, entry })
  })

  function deliver(end: EndState, received: ReceivedGre): void {
    const sequence = received.packet.sequenceNumber
    if (sequence !== undefined && (end.highest === undefined || isLater(sequence, end.highest)))
      end.highest = sequence
    if (end.listener === undefined) end.mailbox.put(received)
    else end.listener(received)
  }

  return {
    stray: (window) => strays.take(window),
    close: () => socket.close(),
    end(callId, peersCallId, peersWindow = USUAL_WINDOW, unaskedEnd = () => undefined) {
      const state: EndState = {
        mailbox: createMailbox<ReceivedGre>(clock),
        highest: undefined,
        listener: undefined,
      }
      ends.set(callId, state)
      for (const received of early.get(callId) ?? []) deliver(state, received)
      early.delete(callId)
      let sequence = 0
      const requireLive = () => {
        const end = unaskedEnd()
        if (end !== undefined)
          throw new Inconclusive(`the implementation ended the call of its own accord: ${end}`)
      }
      const next = async (window: number) => {
        const received = await state.mailbox.take(window)
        if (received === undefined) requireLive()
        return received
      }
      return {
        callId,
        peersCallId,
        peersWindow,
        next,
        requireLive,
        highest: () => state.highest,
        listen(listener) {
          state.listener = listener
          for (const received of state.mailbox.drain()) listener(received)
        },
        async nextData(window) {
          const deadline = clock.now() + window
          for (;;) {
            const received = await next(Math.max(0, deadline - clock.now()))
            if (received === undefined || received.packet.payload.length > 0) return received
          }
        },
        send(payload, values, carriage) {
          const usual = {
            callId: peersCallId,
            payload,
            sequenceNumber: sequence,
            acknowledgmentNumber: state.highest,
          }
          const packet = grePacket(values === undefined ? usual : { ...usual, ...values })
          sequence = ((packet.sequenceNumber ?? sequence) + 1) >>> 0
          const octets = encodeGre(packet)
          if (carriage === undefined) socket.handOver(octets)
          else socket.send(octets, carriage)
          return packet
        },
        acknowledge(number) {
          const acknowledgmentNumber = number ?? state.highest
          if (acknowledgmentNumber !== undefined)
            socket.handOver(encodeGre(grePacket({ callId: peersCallId, acknowledgmentNumber })))
        },
      }
    },
  }
}
