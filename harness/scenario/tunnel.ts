import type { Clock, IpCarriage } from '../network/network.ts'
import { type DecodedGre, decodeGre, encodeGre, type GrePacket, grePacket, isLater } from '../protocol/gre.ts'
import type { RecordedGreSocket } from '../trace/recorder.ts'
import { createMailbox, type Mailbox } from './mailbox.ts'
import type { Received } from './observation.ts'

/** A GRE packet and the trace entry that holds it. */
export interface ReceivedGre {
  readonly packet: GrePacket
  readonly entry: number
}

/**
 * The tester's end of one call's tunnel: numbers what it sends, remembers what it received.
 * Acknowledges only when asked.
 */
export interface TunnelEnd {
  /** Call ID that the IUT puts in its packets' keys: the one we assigned. */
  readonly callId: number
  /** Call ID that we put in our packets' keys: the one the IUT assigned. */
  readonly peersCallId: number
  /** Packets that the IUT takes without acknowledging any: its Packet Recv. Window Size. */
  readonly peersWindow: number
  /**
   * Sends a data packet with the next sequence number, acknowledging the highest received so far
   * unless `values` say otherwise. Gives the packet as sent.
   * @param carriage how IP carries it, where not as the system does: in fragments, from another
   * address.
   */
  send(payload: Uint8Array, values?: Partial<Omit<GrePacket, 'kind'>>, carriage?: IpCarriage): GrePacket
  /**
   * Sends an acknowledgment without payload, of the highest sequence number received unless given.
   */
  acknowledge(sequenceNumber?: number): void
  /**
   * The next packet for this call, acknowledgment or data; undefined when none came in `window` ms.
   */
  next(window: number): Promise<ReceivedGre | undefined>
  /** The next packet with a payload; others are passed over (they are kept in the trace). */
  nextData(window: number): Promise<ReceivedGre | undefined>
  /** Highest sequence number received; undefined before the first. */
  highest(): number | undefined
  /**
   * From now on packets go to `listener` as they come, those that wait at once; `next` and
   * `nextData` see none any more.
   */
  listen(listener: (received: ReceivedGre) => void): void
}

/** A call that the IUT has answered. */
export interface Call {
  readonly reply: Received<'Outgoing-Call-Reply'>
  /**
   * Trace entry of the message in which the IUT announced its Call ID and its window: its reply, or
   * its request where it asked for the call.
   */
  readonly announcedBy: number
  readonly tunnel: TunnelEnd
}

/**
 * Hands out the packets of one GRE socket by Call ID. Packets of calls not known here wait among
 * the strays.
 */
export interface GreHub {
  /**
   * @param peersWindow the IUT's Packet Recv. Window Size; one that is known to be enough for
   * little unless given.
   */
  end(callId: number, peersCallId: number, peersWindow?: number): TunnelEnd
  /** Packets for no call of ours, and packets that are no enhanced GRE. */
  stray(window: number): Promise<{ readonly decoded: DecodedGre; readonly entry: number } | undefined>
  close(): void
}

interface EndState {
  readonly mailbox: Mailbox<ReceivedGre>
  highest: number | undefined
  listener: ((received: ReceivedGre) => void) | undefined
}

/** Where nothing is known of the IUT's window. */
const USUAL_WINDOW = 4

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
      // The IUT may send before its Outgoing-Call-Reply was read: keep a bounded number for the end
      // to come.
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
    end(callId, peersCallId, peersWindow = USUAL_WINDOW) {
      const state: EndState = {
        mailbox: createMailbox<ReceivedGre>(clock),
        highest: undefined,
        listener: undefined,
      }
      ends.set(callId, state)
      for (const received of early.get(callId) ?? []) deliver(state, received)
      early.delete(callId)
      let sequence = 0
      const next = (window: number) => state.mailbox.take(window)
      return {
        callId,
        peersCallId,
        peersWindow,
        next,
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
