import {
  encodeGre,
  GRE_PROTOCOL_PPP,
  type GrePacket,
  grePacket,
  isLater,
  TUNNEL_MTU,
} from '../protocol/gre.ts'
import { concat } from '../protocol/octets.ts'
import type { Context } from './context.ts'
import type { FaultName } from './faults.ts'
import { escaped, spoilPacket } from './gre-faults.ts'
import { createSlidingWindow } from './sliding-window.ts'

export interface TunnelOptions {
  /** Prefix of timer ids and log lines. */
  readonly name: string
  /** Dotted IPv4 of the peer. */
  readonly peer: string
  readonly ownCallId: number
  readonly peersCallId: number
  /** Packet Recv. Window Size the peer announced. */
  readonly peersWindow: number
  /** Packet Processing Delay the peer announced, in tenths of a second. */
  readonly peersDelay: number
  /** Packet Recv. Window Size that we announced. */
  readonly ownWindow: number
  /** Takes each payload once and in order. */
  readonly deliver: (frame: Uint8Array) => void
}

/**
 * One call's share of the tunnel (section 4): numbering, acknowledging and pacing of PPP frames.
 */
export interface Tunnel {
  /** Sends a frame as soon as the peer's window allows. */
  send(frame: Uint8Array): void
  /**
   * Takes a packet that carries our Call ID and passed the header checks that concern its layout.
   */
  receive(packet: GrePacket): void
  /**
   * Only a mutant does that: escapes the characters of a map, and the escape itself, in what it
   * sends from now on.
   */
  escape(map: number): void
  close(): void
}

const BEFORE_FIRST = 0xffff_ffff
/** Only for a mutant: the number after the last that any session of a machine used. */
const lastSequence = new WeakMap<Context, number>()

export function createTunnel(context: Context, options: TunnelOptions): Tunnel {
  const { faults, configuration } = context
  const { name, ownCallId, peersCallId, peersDelay } = options
  const ackTimer = `${name}/acknowledgment`
  const timeOutTimer = `${name}/time-out`
  const window = createSlidingWindow({
    maximum: options.peersWindow,
    processingDelay: peersDelay > 0 && faults.has('gre-ignores-peers-delay') ? 0 : peersDelay * 100,
    minimumTimeOut: configuration.minimumTimeOut,
    maximumTimeOut: configuration.maximumTimeOut,
  })

  const taken = lastSequence.get(context) ?? 0
  let nextSequence = taken > 0 && faults.has('gre-numbers-shared') ? taken : 0
  let queue: Uint8Array[] = []
  /** Sent and not yet acknowledged, oldest first. */
  let awaiting: { readonly sequence: number; readonly sentAt: number; readonly payload: Uint8Array }[] = []
  let highestAcknowledged = BEFORE_FIRST
  let highestReceived = BEFORE_FIRST
  /** The acknowledgment last sent; undefined before the first. */
  let acknowledged: number | undefined
  /** Packets accepted since. */
  let unacknowledged = 0
  let closed = false
  /** When data last came. */
  let takenAt: number | undefined
  /** Packets taken in that moment. */
  let together = 0
  let escapes: number | undefined

  function transmit(values: Partial<GrePacket>): void {
    const packet = grePacket({ callId: peersCallId, ...values, ...piggyback(values.payload !== undefined) })
    context.act({
      kind: 'send-gre',
      to: options.peer,
      octets: encodeGre(spoilPacket(packet, ownCallId, faults)),
    })
  }

  /** The acknowledgment to put on a packet, where one is due. */
  function piggyback(onData: boolean): Partial<GrePacket> {
    if (unacknowledged === 0) return {}
    if (faults.has('gre-never-acknowledges')) return {}
    if (onData && faults.has('gre-acknowledges-late')) return {}
    let number = highestReceived
    if (faults.has('gre-acknowledges-unsent')) number = (number + 8) >>> 0
    if (acknowledged !== undefined && faults.has('gre-acknowledgment-decreases'))
      number = (acknowledged - 1) >>> 0
    acknowledged = number
    unacknowledged = 0
    context.cancel(ackTimer)
    return { acknowledgmentPresent: 1, acknowledgmentNumber: number }
  }

  function acknowledge(): void {
    if (unacknowledged === 0) return
    if (faults.has('gre-never-acknowledges')) return
    transmit({})
  }

  function scheduleAcknowledgment(): void {
    // Half a window unacknowledged already: waiting longer could stall the peer (section 4.2.5
    // allows either).
    const late = faults.has('gre-acknowledges-late')
    if (!late && unacknowledged >= Math.max(1, options.ownWindow / 2)) acknowledge()
    else if (unacknowledged === 1)
      context.after(ackTimer, late ? 5000 : configuration.acknowledgmentDelay, acknowledge)
  }

  function numberNext(octets: number): number {
    const number = advance(octets)
    lastSequence.set(context, nextSequence)
    return number
  }

  function advance(octets: number): number {
    if (nextSequence === 0 && faults.has('gre-first-sequence-one')) nextSequence = 1
    const sequence = nextSequence
    nextSequence = (nextSequence + 1) >>> 0
    if (sequence % 2 === 1 && faults.has('gre-sequence-repeats')) return sequence - 1
    if (faults.has('gre-sequence-counts-octets')) nextSequence = (sequence + octets) >>> 0
    if (faults.has('gre-sequence-skips')) nextSequence = (nextSequence + 1) >>> 0
    return sequence
  }

  function windowIsFull(): boolean {
    if (options.peersWindow === 0 && faults.has('accepts-window-zero')) return true
    if (options.peersWindow > 0x7fff && faults.has('gre-window-signed')) return true
    if (awaiting.length < window.size()) return false
    if (awaiting.length < options.peersWindow && faults.has('gre-window-full-at-start')) return false
    return !faults.has('gre-window-ignored')
  }

  /** Sends from the queue what the window lets through. */
  function pump(): void {
    while (queue.length > 0 && !windowIsFull()) {
      const frame = queue.shift()
      if (frame === undefined) return
      const payload = escapes === undefined ? frame : escaped(frame, escapes)
      const sequenceNumber = numberNext(payload.length)
      awaiting.push({ sequence: sequenceNumber, sentAt: context.now(), payload })
      transmit({ payload, sequenceNumber, sequencePresent: 1, payloadLength: payload.length })
      if (awaiting.length === 1) startTimeOut()
    }
  }

  function startTimeOut(): void {
    const oldest = awaiting[0]
    if (oldest === undefined) context.cancel(timeOutTimer)
    else context.after(timeOutTimer, Math.max(0, oldest.sentAt + window.timeOut() - context.now()), onTimeOut)
  }

  function onTimeOut(): void {
    if (faults.has('gre-stalls-after-time-out')) return
    context.log(`${name}: no acknowledgment in time`)
    if (!faults.has('gre-window-never-shrinks'))
      window.timedOut(...(faults.has('gre-time-out-never-grows') ? [1] : []))
    if (faults.has('gre-retransmits'))
      for (const { sequence, payload } of awaiting)
        transmit({ payload, sequenceNumber: sequence, sequencePresent: 1, payloadLength: payload.length })
    // Presumed lost and never sent again; they no longer count (section 4.2.3, interpretation
    //
    awaiting = []
    pump()
  }

  function takeAcknowledgment(number: number): void {
    const known = awaiting.findIndex(({ sequence }) => sequence === number)
    if (!isLater(number, highestAcknowledged)) return
    if (isLater(number, (nextSequence - 1) >>> 0) && !faults.has('gre-takes-any-acknowledgment')) {
      context.log(`${name}: acknowledgment ${number} of what was never sent`)
      return
    }
    highestAcknowledged = number
    const sentAt = awaiting[known]?.sentAt
    const before = awaiting.length
    const several = awaiting.some(({ sequence }) => sequence !== number && !isLater(sequence, number))
    const one = several && faults.has('gre-acknowledgment-covers-one')
    awaiting = awaiting.filter(({ sequence }) => (one ? sequence !== number : isLater(sequence, number)))
    if (sentAt !== undefined && !faults.has('gre-window-never-grows'))
      window.acknowledged(before - awaiting.length, context.now() - sentAt)
    startTimeOut()
    pump()
  }

  function takeData(sequence: number, payload: Uint8Array): void {
    if (!isLater(sequence, highestReceived)) {
      // Late or twice: never to be delivered (section 4.3).
      const tolerated =
        sequence === highestReceived ? faults.has('gre-delivers-duplicates') : faults.has('gre-delivers-late')
      if (tolerated) options.deliver(payload)
      else context.log(`${name}: sequence number ${sequence} after ${highestReceived} discarded`)
      return
    }
    // Past the end of the numbers: the first packet of all is not, though it too follows
    // 4294967295.
    const wrapped = takenAt !== undefined && sequence < highestReceived
    if (wrapped && faults.has('gre-never-wraps')) return
    if (sequence !== (highestReceived + 1) >>> 0 && faults.has('gre-waits-for-lost')) return
    if (takenAt === context.now() && faults.has('gre-buffers-one-packet')) return
    together = takenAt === context.now() ? together + 1 : 1
    takenAt = context.now()
    if (together > options.ownWindow && faults.has('gre-overflow-ends-session')) closed = true
    if (closed) return
    highestReceived = sequence
    unacknowledged++
    options.deliver(payload)
    // What was delivered may have ended the call, or drawn a frame that the acknowledgment rode on.
    if (unacknowledged > 0 && !closed) scheduleAcknowledgment()
  }

  return {
    send(frame) {
      if (closed) return
      if (queue.length >= configuration.queueLimit) {
        context.log(`${name}: transmit queue full, frame dropped`)
        return
      }
      queue.push(frame)
      pump()
    },
    receive(packet) {
      if (closed) return
      if (packet.protocolType !== GRE_PROTOCOL_PPP && !faults.has('gre-accepts-any-protocol')) {
        context.log(`${name}: Protocol Type 0x${packet.protocolType.toString(16)} dropped`)
        return
      }
      if (packet.payloadLength > packet.payload.length && !faults.has('gre-accepts-short-payload')) {
        context.log(`${name}: Payload Length ${packet.payloadLength} is more than there is, dropped`)
        return
      }
      if (packet.payload.length > TUNNEL_MTU && faults.has('gre-oversize-ends-session')) closed = true
      if (packet.payload.length > 1500 && faults.has('gre-drops-large')) {
        context.log(`${name}: ${packet.payload.length} octets dropped`)
        return
      }
      const carriesData = packet.sequenceNumber !== undefined
      if (carriesData !== packet.payload.length > 0) {
        if (!carriesData && faults.has('gre-takes-payload-without-sequence')) options.deliver(packet.payload)
        context.log(`${name}: S bit and payload disagree, ignored`)
        return
      }
      if (packet.acknowledgmentNumber !== undefined && !faults.has(overlooking(packet)))
        takeAcknowledgment(packet.acknowledgmentNumber)
      if (packet.sequenceNumber === undefined) return
      const payload =
        packet.trailing.length > 0 && faults.has('gre-uses-trailing')
          ? concat(packet.payload, packet.trailing)
          : packet.payload
      takeData(packet.sequenceNumber, payload)
    },
    escape(map) {
      escapes = map
    },
    close() {
      closed = true
      context.cancel(ackTimer)
      context.cancel(timeOutTimer)
      queue = []
      awaiting = []
    },
  }
}

/** The fault that overlooks this packet's acknowledgment. */
function overlooking(packet: GrePacket): FaultName {
  return packet.sequenceNumber === undefined
    ? 'gre-ignores-separate-acknowledgment'
    : 'gre-ignores-piggybacked-acknowledgment'
}
