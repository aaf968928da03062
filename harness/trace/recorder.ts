import type { ImpairmentPlan } from '../network/impaired.ts'
import { PACKETS_LOST_HERE } from '../network/limits.ts'
import type {
  ConnectFailure,
  ConnectOptions,
  Endpoint,
  GreSocket,
  IpCarriage,
  ListenOptions,
  Network,
  TcpConnection,
  TcpEvent,
  TcpListener,
} from '../network/network.ts'
import { isConnection } from '../network/network.ts'
import { copyOf } from '../protocol/octets.ts'
import { impairPath } from './impaired-path.ts'
import type { Side, Trace, TraceEntry, TraceStep } from './trace.ts'

/** How much one trace may hold: a peer that floods us must not take the harness down. */
export interface TraceLimits {
  readonly entries: number
  /** Octets of TCP data and GRE packets together. */
  readonly octets: number
}

const TRACE_LIMITS: TraceLimits = { entries: 20_000, octets: 16 * 1024 * 1024 }

/** Longest note kept, in characters. */
const TEXT_LIMIT = 2000

export interface RecorderOptions {
  /** Wall clock of the trace's beginning, in ms since 1970. */
  readonly startedAt: number
  readonly limits?: TraceLimits
  /**
   * What happens to GRE between the tester and the network. What each end sees of it is recorded,
   * and every decision.
   */
  readonly impairment?: Omit<ImpairmentPlan, 'onImpairment'> | undefined
}

/** A TCP connection whose listener learns the trace entry of each event. */
export interface RecordedConnection extends TcpConnection {
  /**
   * Like `TcpConnection.onEvent`. `entry` is the index of the event's entry, also when the event
   * was kept for this call. An event without an entry, which is `closed` and any event after an
   * overflow, comes with the index of the newest entry.
   */
  onEvent(listener: (event: TcpEvent, entry: number) => void): void
}

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

/** A network that hands on what happens together with the trace entry that shows it. */
export interface RecordedNetwork extends Network {
  connect(remote: Endpoint, options: ConnectOptions): Promise<RecordedConnection | ConnectFailure>
  listen(
    local: Endpoint,
    accept: (connection: RecordedConnection) => void,
    options?: ListenOptions,
  ): Promise<TcpListener>
  openGre(remote: string, options?: { readonly from?: string }): Promise<RecordedGreSocket>
}

/** A network that remembers everything that passes through it. */
export interface Recorder {
  /** Same network, recorded. Everything opened through it belongs to this trace. */
  readonly network: RecordedNetwork
  /** What was recorded so far: a snapshot. */
  trace(): Trace
  /** How many entries the trace has so far. */
  entries(): number
  /** Adds what the tester is about to do or has decided, cut at 2,000 characters. */
  note(text: string): TraceEntry
  /**
   * Undefined while all is well. Otherwise the trace reached its limit: nothing later is recorded,
   * GRE is no longer delivered and every connection was reset; or packets came for which our own
   * socket had no room. What a scenario concludes from then on is worth nothing.
   */
  overflow(): string | undefined
}

/**
 * Wraps a network so that every step is recorded before anyone hears of it. The tester is our side;
 * what happens on the other side belongs to the implementation under test.
 *
 * Opening GRE twice towards one address records each incoming packet twice, as the kernel delivers
 * it twice.
 * @throws UsageError when the impairment asked for is none: see `impaired`.
 */
export function recordNetwork(network: Network, options: RecorderOptions): Recorder {
  const limits = options.limits ?? TRACE_LIMITS
  const zero = network.clock.now()
  const entries: TraceEntry[] = []
  const open = new Set<{ reset(detail: string): void }>()
  let connections = 0
  let octets = 0
  let overflow: string | undefined
  let lost: string | undefined
  const path =
    options.impairment &&
    impairPath(network, options.impairment, {
      append: record,
      amend(index, step) {
        const entry = entries[index]
        if (entry !== undefined) entries[index] = { index, at: entry.at, ...step }
      },
    })

  function append(step: TraceStep): TraceEntry {
    const at = Math.max(0, network.clock.now() - zero)
    const entry: TraceEntry = { index: entries.length, at, ...step }
    entries.push(entry)
    return entry
  }

  /** Records a step, or nothing once the trace is full; the limit may be met by this very step. */
  function record(step: TraceStep): TraceEntry | undefined {
    return makeRoom('octets' in step ? step.octets.length : 0) ? append(step) : undefined
  }

  /** As `record`; an object made in one piece costs a third of one with others spread into it. */
  function recordGre(
    from: Side,
    { tester, iut }: { readonly tester: string; readonly iut: string },
    packet: Uint8Array,
  ): TraceEntry | undefined {
    if (!makeRoom(packet.length)) return undefined
    const at = Math.max(0, network.clock.now() - zero)
    const entry: TraceEntry = { index: entries.length, at, kind: 'gre', from, tester, iut, octets: packet }
    entries.push(entry)
    return entry
  }

  /**
   * Whether an entry with that many octets still fits. The trace is full from the first on that
   * does not.
   */
  function makeRoom(size: number): boolean {
    if (overflow !== undefined) return false
    if (entries.length < limits.entries && octets + size <= limits.octets) {
      octets += size
      return true
    }
    overflow = `the trace is full: ${entries.length} entries, ${octets} octets`
    append({ kind: 'note', text: `${overflow}; connections were reset and nothing more is recorded` })
    for (const connection of [...open]) connection.reset('the trace is full')
    return false
  }

  function note(line: string): TraceEntry {
    const text = line.length > TEXT_LIMIT ? `${line.slice(0, TEXT_LIMIT)}…` : line
    return (
      record({ kind: 'note', text }) ?? entries.at(-1) ?? { index: 0, at: 0, kind: 'note', text } // Unreachable: a full trace has at least the note that says so.
    )
  }

  function wrapConnection(inner: TcpConnection, opener: 'tester' | 'iut'): RecordedConnection {
    const connection = ++connections
    record({ kind: 'tcp-open', connection, opener, tester: inner.local, iut: inner.remote })
    const kept: { readonly event: TcpEvent; readonly entry: number }[] = []
    let listener: ((event: TcpEvent, entry: number) => void) | undefined
    // What still may leave: nothing after FIN, nothing at all once the connection is gone.
    let state: 'open' | 'ended' | 'gone' = 'open'
    const handle = {
      reset(detail: string) {
        if (state === 'gone') return
        state = 'gone'
        open.delete(handle)
        record({ kind: 'tcp-reset', connection, from: 'tester', detail })
        inner.reset()
      },
    }
    open.add(handle)

    function recordEvent(event: TcpEvent): TraceEntry | undefined {
      switch (event.kind) {
        case 'data':
          return record({ kind: 'tcp-data', connection, from: 'iut', octets: event.octets })
        case 'end':
          return record({ kind: 'tcp-end', connection, from: 'iut' })
        case 'reset':
          return record({ kind: 'tcp-reset', connection, from: 'iut', detail: event.detail })
        case 'closed':
          return undefined
      }
    }

    inner.onEvent((original) => {
      // Our own copy: the socket below may use its buffer again.
      const event: TcpEvent =
        original.kind === 'data' ? { kind: 'data', octets: copyOf(original.octets) } : original
      const entry = recordEvent(event)?.index ?? entries.length - 1
      if (event.kind === 'reset' || event.kind === 'closed') {
        state = 'gone'
        open.delete(handle)
      }
      // After an overflow only the end of the connection is news.
      if (overflow !== undefined && event.kind === 'data') return
      if (listener === undefined) kept.push({ event, entry })
      else listener(event, entry)
    })

    return {
      local: inner.local,
      remote: inner.remote,
      send(data) {
        if (state === 'open') record({ kind: 'tcp-data', connection, from: 'tester', octets: copyOf(data) })
        inner.send(data)
      },
      end() {
        if (state === 'open') {
          state = 'ended'
          record({ kind: 'tcp-end', connection, from: 'tester' })
        }
        inner.end()
      },
      reset: () => handle.reset('reset by the tester'),
      pause: (paused) => inner.pause(paused),
      onEvent(next) {
        listener = next
        for (const { event, entry } of kept.splice(0)) next(event, entry)
      },
    }
  }

  function wrapGre(inner: GreSocket): RecordedGreSocket {
    const kept: { readonly packet: Uint8Array; readonly entry: number }[] = []
    let listener: ((packet: Uint8Array, entry: number) => void) | undefined
    let errorListener: ((error: { readonly code: string }) => void) | undefined
    let closed = false
    const ends = { tester: inner.local, iut: inner.remote }
    inner.onPacket((packet) => {
      const entry = path === undefined ? recordGre('iut', ends, packet) : path.arrive(ends, packet)
      if (entry === undefined) return
      if (listener === undefined) kept.push({ packet, entry: entry.index })
      else listener(packet, entry.index)
    })
    inner.onError((error) => {
      record({ kind: 'gre-error', detail: error.code })
      if (error.code === PACKETS_LOST_HERE)
        lost ??= 'packets were lost on this side: their socket had no room'
      errorListener?.(error)
    })
    /** No impairment comes between: what IP does to such a packet is the test. */
    function sendAs(packet: Uint8Array, carriage: IpCarriage): void {
      const { source = inner.local, fragments } = carriage
      const cut = fragments === undefined ? {} : { fragments }
      if (!closed)
        record({
          kind: 'gre',
          from: 'tester',
          tester: source,
          iut: inner.remote,
          octets: copyOf(packet),
          ...cut,
        })
      inner.send(packet, carriage)
    }
    function handOver(packet: Uint8Array): void {
      if (closed || path === undefined) {
        if (!closed) recordGre('tester', ends, packet)
        inner.send(packet)
      } else path.leave(ends, packet, () => inner.send(packet))
    }
    return {
      local: inner.local,
      remote: inner.remote,
      send(packet, carriage) {
        if (carriage === undefined) handOver(copyOf(packet))
        else sendAs(packet, carriage)
      },
      handOver,
      onPacket(next) {
        listener = next
        for (const { packet, entry } of kept.splice(0)) next(packet, entry)
      },
      onError(next) {
        errorListener = next
      },
      close() {
        closed = true
        inner.close()
      },
    }
  }

  const recorded: RecordedNetwork = {
    clock: network.clock,
    async connect(remote, connectOptions) {
      const result = await network.connect(remote, connectOptions)
      if (isConnection(result)) return wrapConnection(result, 'tester')
      record({ kind: 'tcp-refused', iut: remote, detail: result.detail })
      return result
    },
    listen(local, accept, listenOptions) {
      return network.listen(local, (connection) => accept(wrapConnection(connection, 'iut')), listenOptions)
    },
    async openGre(remote, greOptions) {
      return wrapGre(await (path ?? network).openGre(remote, greOptions))
    },
    async close() {
      // Closing resets what is still open: that too is on the wire.
      for (const connection of [...open]) connection.reset('the scenario is over')
      await network.close()
    },
  }

  return {
    network: recorded,
    trace: () => ({ startedAt: options.startedAt, entries: [...entries] }),
    entries: () => entries.length,
    note,
    overflow: () => overflow ?? lost,
  }
}
