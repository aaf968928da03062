import { PACKETS_LOST_HERE } from '../network/limits.ts'
import type { GreSocket, IpCarriage } from '../network/network.ts'
import { copyOf } from '../protocol/octets.ts'
import type { Ends, ImpairedPath } from './impaired-path.ts'
import { type Recording, record, recordGre } from './recording.ts'

/** A GRE socket whose listener learns the trace entry of each packet. */
export interface RecordedGreSocket extends GreSocket {
  /**
   * Like `send`, but the trace keeps these very octets: the caller must not change them afterwards.
   */
  handOver(packet: Uint8Array): void
  /**
   * Like `GreSocket.onPacket`. `entry` is the index of the packet's entry, also when it was kept.
   */
  onPacket(listener: (packet: Uint8Array, entry: number) => void): void
}

/** A GRE socket of a recording. */
interface Recorded {
  readonly recording: Recording
  readonly inner: GreSocket
  readonly ends: Ends
  /** What impairs its packets; undefined where nothing does. */
  readonly path: ImpairedPath | undefined
  listener: ((packet: Uint8Array, entry: number) => void) | undefined
  errorListener: ((error: { readonly code: string }) => void) | undefined
  /** Packets that came before anybody listened. */
  readonly kept: { readonly packet: Uint8Array; readonly entry: number }[]
  closed: boolean
}

/** The same socket, recorded. */
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
    recording.lost ??= 'packets were lost on this side: their socket had no room'
  socket.errorListener?.(error)
}

function handOver({ recording, path, ends, inner, closed }: Recorded, packet: Uint8Array): void {
  if (closed || path === undefined) {
    if (!closed) recordGre(recording, 'tester', ends, packet)
    inner.send(packet)
  } else path.leave(ends, packet, () => inner.send(packet))
}

/** No impairment comes between: what IP does to such a packet is the test. */
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
