import { encodeGre, type GrePacket, grePacket, isLater } from '../protocol/gre.ts'
import type { Context } from './context.ts'
import { isConsistent } from './reading.ts'
import { createSlidingWindow, type SlidingWindow } from './sliding-window.ts'
import type { Sent } from './tunnel-policy.ts'

export interface TunnelOptions {
  /** Prefix of timer ids and log lines. */
  readonly name: string
  /** Dotted IPv4 of the peer. */
  readonly peer: string
  readonly ownCallId: number
  readonly peersCallId: number
  /** The Packet Recv. Window Size that the peer announced, in packets. */
  readonly peersWindow: number
  /** The Packet Processing Delay that the peer announced, in tenths of a second. */
  readonly peersDelay: number
  /** The Packet Recv. Window Size that we announced, in packets. */
  readonly ownWindow: number
  /** Is called with each payload once and in order. */
  readonly deliver: (frame: Uint8Array) => void
}

/**
 * The session of one call in the tunnel (section 4): numbers, acknowledges and paces PPP frames.
 */
export interface Tunnel {
  /** Sends a frame as soon as the peer's window allows. */
  send(frame: Uint8Array): void
  /** Takes a packet with our Call ID, whose header has the right layout. */
  receive(packet: GrePacket): void
  close(): void
}

/** The sequence number before 0: stands for none while nothing has come. */
const BEFORE_FIRST = 0xffff_ffff

/** The state of one session. */
interface Session {
  readonly context: Context
  readonly options: TunnelOptions
  readonly window: SlidingWindow
  /** The next sequence number to be sent. */
  next: number
  /** Frames that wait for the peer's window. */
  queue: readonly Uint8Array[]
  /** Packets sent and not yet acknowledged, oldest first. */
  awaiting: Sent[]
  highestAcknowledged: number
  highestReceived: number
  /** The Acknowledgment Number that we last sent; undefined before the first. */
  acknowledged: number | undefined
  /** How many packets were taken since we last acknowledged. */
  unacknowledged: number
  /** When data was last taken, in ms. */
  takenAt: number | undefined
  closed: boolean
}

export function createTunnel(context: Context, options: TunnelOptions): Tunnel {
  const { minimumTimeOut, maximumTimeOut } = context.configuration
  const session: Session = {
    context,
    options,
    window: createSlidingWindow({
      maximum: options.peersWindow,
      processingDelay: context.policy.processingDelay(options.peersDelay),
      minimumTimeOut,
      maximumTimeOut,
    }),
    next: 0,
    queue: [],
    awaiting: [],
    highestAcknowledged: BEFORE_FIRST,
    highestReceived: BEFORE_FIRST,
    acknowledged: undefined,
    unacknowledged: 0,
    takenAt: undefined,
    closed: false,
  }
  return {
    send: (frame) => send(session, frame),
    receive: (packet) => receive(session, packet),
    close: () => close(session),
  }
}

function send(session: Session, frame: Uint8Array): void {
  const { context, options } = session
  if (session.closed) return
  if (session.queue.length >= context.configuration.queueLimit) {
    context.log(`${options.name}: transmit queue full, frame dropped`)
    return
  }
  session.queue = [...session.queue, frame]
  pump(session)
}

function receive(session: Session, packet: GrePacket): void {
  const { context, options } = session
  if (session.closed) return
  const flaw = context.reading.flaw(packet)
  if (flaw !== undefined) {
    context.log(`${options.name}: ${flaw}`)
    return
  }
  if (!isConsistent(packet)) context.log(`${options.name}: S bit and payload disagree, ignored`)
  const acknowledgment = context.reading.acknowledgment(packet)
  if (acknowledgment !== undefined) takeAcknowledgment(session, acknowledgment)
  takeData(session, packet)
}

function close(session: Session): void {
  session.closed = true
  session.context.cancel(acknowledgmentTimer(session))
  session.context.cancel(timeOutTimer(session))
  session.queue = []
  session.awaiting = []
}

const acknowledgmentTimer = ({ options }: Session) => `${options.name}/acknowledgment`
const timeOutTimer = ({ options }: Session) => `${options.name}/time-out`

function transmit(session: Session, values: Partial<GrePacket>, acknowledgment: number | undefined): void {
  const { context, options } = session
  const packet = grePacket({
    callId: options.peersCallId,
    ...values,
    ...(acknowledgment === undefined
      ? {}
      : { acknowledgmentPresent: 1, acknowledgmentNumber: acknowledgment }),
  })
  if (acknowledgment !== undefined) {
    session.acknowledged = acknowledgment
    session.unacknowledged = 0
    context.cancel(acknowledgmentTimer(session))
  }
  const octets = encodeGre(context.writing.packet(packet, options.ownCallId))
  context.act({ kind: 'send-gre', to: options.peer, octets })
}

/** Returns the Acknowledgment Number to put on a packet; undefined where none is due. */
function dueAcknowledgment(session: Session, hasPayload: boolean): number | undefined {
  const { unacknowledged, highestReceived, acknowledged } = session
  return session.context.policy.acknowledgmentFor(
    { count: unacknowledged, highestReceived, last: acknowledged },
    hasPayload,
  )
}

function acknowledge(session: Session): void {
  const number = dueAcknowledgment(session, false)
  if (number !== undefined) transmit(session, {}, number)
}

function scheduleAcknowledgment(session: Session): void {
  const { context, options, unacknowledged } = session
  const { acknowledgmentDelay } = context.configuration
  const delay = context.policy.acknowledgmentDelay(unacknowledged, options.ownWindow, acknowledgmentDelay)
  if (delay === 0) acknowledge(session)
  else if (delay !== undefined) context.after(acknowledgmentTimer(session), delay, () => acknowledge(session))
}

function windowIsOpen({ context, awaiting, window, options }: Session): boolean {
  return context.policy.mayTransmit(awaiting.length, window.size(), options.peersWindow)
}

/** Sends frames from the queue while the window allows it. */
function pump(session: Session): void {
  const { context, options } = session
  for (;;) {
    const [payload, ...rest] = session.queue
    if (payload === undefined || !windowIsOpen(session)) return
    session.queue = rest
    const { sequence, next } = context.policy.number(session.next, payload.length, options.ownCallId)
    session.next = next
    session.awaiting.push({ sequence, at: context.now(), payload })
    transmitData(session, sequence, payload)
    if (session.awaiting.length === 1) startTimeOut(session)
  }
}

function transmitData(session: Session, sequenceNumber: number, payload: Uint8Array): void {
  const values = { payload, sequenceNumber, sequencePresent: 1, payloadLength: payload.length } as const
  transmit(session, values, dueAcknowledgment(session, true))
}

function startTimeOut(session: Session): void {
  const { context, window } = session
  const [oldest] = session.awaiting
  if (oldest === undefined) context.cancel(timeOutTimer(session))
  else
    context.after(timeOutTimer(session), Math.max(0, oldest.at + window.timeOut() - context.now()), () =>
      takeTimeOut(session),
    )
}

/** Takes a time-out: the oldest packet was not acknowledged in time (sections 4.2.2 and 4.4). */
function takeTimeOut(session: Session): void {
  const { context, options, window } = session
  const { goesOn, backOff, again } = context.policy.timeOut(session.awaiting)
  if (!goesOn) return
  context.log(`${options.name}: no acknowledgment in time`)
  if (backOff !== undefined) window.timedOut(backOff)
  for (const { sequence, payload } of again) transmitData(session, sequence, payload)
  // The packets sent so far no longer count against the window (section 4.2.3).
  session.awaiting = []
  pump(session)
}

function takeAcknowledgment(session: Session, number: number): void {
  const { context, options, window, awaiting, highestAcknowledged, next } = session
  const acknowledged = context.policy.acknowledged({
    number,
    highestAcknowledged,
    next,
    awaiting,
    now: context.now(),
  })
  if (acknowledged === undefined) {
    if (isLater(number, highestAcknowledged))
      context.log(`${options.name}: acknowledgment ${number} of a packet never sent, ignored`)
    return
  }
  session.highestAcknowledged = number
  session.awaiting = [...acknowledged.awaiting]
  if (acknowledged.sample !== undefined)
    window.acknowledged(awaiting.length - acknowledged.awaiting.length, acknowledged.sample)
  startTimeOut(session)
  pump(session)
}

function takeData(session: Session, packet: GrePacket): void {
  const { context, options, highestReceived, takenAt } = session
  const sequence = packet.sequenceNumber
  const taken = context.policy.receive({
    ownCallId: options.ownCallId,
    ownWindow: options.ownWindow,
    sequence,
    payload: context.reading.payload(packet),
    highestReceived,
    takenAt,
    now: context.now(),
  })
  if (taken.payloads.length === 0 && sequence !== undefined)
    context.log(`${options.name}: sequence number ${sequence} after ${highestReceived} discarded`)
  const isNew = taken.highestReceived !== highestReceived
  if (isNew) {
    session.takenAt = context.now()
    session.highestReceived = taken.highestReceived
    session.unacknowledged++
  }
  for (const payload of taken.payloads) options.deliver(payload)
  // PPP may have ended the call, or sent a frame that already carried the acknowledgment.
  if (isNew && session.unacknowledged > 0 && !session.closed) scheduleAcknowledgment(session)
}
