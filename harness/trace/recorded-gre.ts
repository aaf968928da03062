import { PACKETS_LOST_HERE } from '../network/limits.ts'
import type { GreSocket, IpCarriage } from '../network/network.ts'
import { copyOf } from '../protocol/octets.ts'
import type { Ends, ImpairedPath } from './impaired-path.ts'
import { type Recording, record, recordGre } from './recording.ts'

/** A GRE socket whose listener gets the trace entry of each packet. */
export interface RecordedGreSocket extends GreSocket {
  /**
   * Like `send`, but the trace keeps this array instead of a copy: the caller must not change it
   * afterwards.
   */
  handOver(packet: Uint8Array): void
  /**
   * Like `GreSocket.onPacket`. `entry` is the index of the packet's entry, also for packets that
   * were kept until there was a listener.
   */
  onPacket(listener: (packet: Uint8Array, entry: number) => void): void
}

/** The state of a recorded GRE socket. */
interface Recorded {
  readonly recording: Recording
  readonly inner: GreSocket
  readonly ends: Ends
  /** The impaired path of its packets; undefined without impairment. */
  readonly path: ImpairedPath | undefined
  listener: ((packet: Uint8Array, entry: number) => void) | undefined
  errorListener: ((error: { readonly code: string }) => void) | undefined
  /** Packets that came before there was a listener. */
  readonly kept: { readonly packet: Uint8Array; readonly entry: number }[]
  closed: boolean
}

/** Wraps a GRE socket so that it is recorded. */
export function recordGreSocket(
  recording: Recording,
  inner: GreSocket,
  path: ImpairedPath | undefined,
): RecordedGreSocket {
  const socket: Recorded = {
    recording,
    inner,
    ends: { tester: inner.local, iut: inner.remote },
    path,
    listener: undefined,
    errorListener: undefined,
    kept: [],
    closed: false,
  }
  inner.onPacket((packet) => hear(socket, packet))
  inner.onError((error) => hearError(socket, error))
  return {
    local: inner.local,
    remote: inner.remote,
    send(packet, carriage) {
      if (carriage === undefined) handOver(socket, copyOf(packet))
      else sendAs(socket, packet, carriage)
    },
    handOver: (packet) => handOver(socket, packet),
    onPacket(listener) {
      socket.listener = listener
      for (const { packet, entry } of socket.kept.splice(0)) listener(packet, entry)
    },
    onError(listener) {
      socket.errorListener = listener
    },
    close() {
      socket.closed = true
      inner.close()
    },
  }
}

function hear(socket: Recorded, packet: Uint8Array): void {
  const { recording, path, ends } = socket
  const entry = path === undefined ? recordGre(recording, 'iut', ends, packet) : path.arrive(ends, packet)
  if (entry === undefined) return
  const { listener } = socket
  if (listener === undefined) socket.kept.push({ packet, entry: entry.index })
  else listener(packet, entry.index)
}

function hearError(socket: Recorded, error: { readonly code: string }): void {
  const { recording } = socket
  record(recording, { kind: 'gre-error', detail: error.code })
  if (error.code === PACKETS_LOST_HERE)
    recording.lost ??= 'packets were lost in the tester: the receive buffer of its socket was full'
  socket.errorListener?.(error)
}

function handOver({ recording, path, ends, inner, closed }: Recorded, packet: Uint8Array): void {
  if (closed || path === undefined) {
    if (!closed) recordGre(recording, 'tester', ends, packet)
    inner.send(packet)
  } else path.leave(ends, packet, () => inner.send(packet))
}

/**
 * Sends a packet with the given source address or fragmentation, without impairment: the IP layer
 * is what such a test is about.
 */
function sendAs({ recording, inner, closed }: Recorded, packet: Uint8Array, carriage: IpCarriage): void {
  const { source = inner.local, fragments } = carriage
  const cut = fragments === undefined ? {} : { fragments }
  if (!closed)
    record(recording, {
      kind: 'gre',
      from: 'tester',
      tester: source,
      iut: inner.remote,
      octets: copyOf(packet),
      ...cut,
    })
  inner.send(packet, carriage)
}
